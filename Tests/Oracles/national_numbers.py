# SPDX-License-Identifier: EUPL-1.2
"""Says what python-stdnum thinks of numbers.

Reads lines of scheme, tabulator and number, and writes 1 or 0 for each. Schemes have the names of our own; what is
written here only picks the module, and the part of it that is about the scheme where it is about several.
"""

import datetime
import sys

import stdnum.luhn
import stdnum.verhoeff
from stdnum.at import businessid, tin, uid as at_uid, vnr
from stdnum.be import bis, nn, vat as be_vat
from stdnum.bg import egn, pnf, vat as bg_vat
from stdnum.ch import ssn, uid as ch_uid, vat as ch_vat
from stdnum.cy import vat as cy_vat
from stdnum.cz import dic, rc as cz_rc
from stdnum.de import idnr, stnr, vat as de_vat
from stdnum.dk import cpr, cvr
from stdnum.ee import ik, kmkr, registrikood
from stdnum.es import cif, dni, nie, nif as es_nif
from stdnum.exceptions import InvalidComponent, ValidationError
from stdnum.fi import alv, associationid, hetu
from stdnum.fr import nif as fr_nif, nir, siren, siret, tva as fr_tva
from stdnum.gb import nhs, utr, vat as gb_vat
from stdnum.gr import amka, vat as gr_vat
from stdnum.hr import oib
from stdnum.hu import anum
from stdnum.ie import pps, vat as ie_vat
from stdnum.is_ import kennitala, vsk
from stdnum.it import codicefiscale, iva
from stdnum.lt import asmens, pvm
from stdnum.lu import tva as lu_tva
from stdnum.lv import pvn
from stdnum.mt import vat as mt_vat
from stdnum.nl import bsn, btw
from stdnum.no import fodselsnummer, mva, orgnr as no_orgnr
from stdnum.pl import nip, pesel, regon
from stdnum.pt import cc, nif as pt_nif
from stdnum.ro import cnp, cui, onrc
from stdnum.se import orgnr as se_orgnr, personnummer, vat as se_vat
from stdnum.si import ddv, emso, maticna
from stdnum.sk import dph, rc as sk_rc


class Day(datetime.date):
    """A date whose today is far ahead, so that answers do not change from day to day."""

    @classmethod
    def today(cls):
        return cls(2099, 12, 31)


datetime.date = Day


def accepts(module, **options):
    def answer(number):
        try:
            return bool(module.validate(number, **options))
        except ValidationError:
            return False

    return answer


def without(prefix, answer):
    return lambda number: answer(number[len(prefix):] if number.startswith(prefix) else number)


def when(condition, answer):
    return lambda number: condition(number) and answer(number)


def austrian_tin(number):
    try:
        return bool(tin.validate(number))
    except InvalidComponent:
        # The tax office is none that the module knows; the number itself was right.
        return True
    except ValidationError:
        return False


def is_date(year, month, day):
    try:
        return bool(datetime.date(int(year), int(month), int(day)))
    except ValueError:
        return False


def samordningsnummer(number):
    digits = number[:-5] + number[-4:] if number[-5:-4] in ('-', '+') else number
    if len(digits) not in (10, 12) or not digits.isdigit():
        return False
    last = digits[-10:]
    year = digits[:4] if len(digits) == 12 else '20' + last[:2]
    return stdnum.luhn.is_valid(last) and is_date(year, last[2:4], int(last[4:6]) - 60)


def luxembourg(number):
    return (
        len(number) == 13
        and number.isdigit()
        and stdnum.luhn.is_valid(number[:12])
        and stdnum.verhoeff.is_valid(number[:11] + number[12])
        and (is_date(number[:4], number[4:6], number[6:8]) or '00' in (number[4:6], number[6:8]))
    )


def bulgarian_other(number):
    return len(number) == 10 and number.isdigit() and bg_vat.calc_check_digit_other(number[:9]) == number[9]


def slovak_ico(number):
    return len(number) == 8 and number.isdigit() and dic.calc_check_digit_legal(number[:7]) == number[7]


# Counties are added now and then; only the rest is compared.
cnp._COUNTIES.update(('%02d' % county, '') for county in range(100))

SCHEMES = {
    'at.vnr': accepts(vnr),
    'at.steuernummer': austrian_tin,
    'at.uid': accepts(at_uid),
    'at.firmenbuchnummer': lambda number: accepts(businessid)(number.lower()),
    'be.nn': accepts(nn),
    'be.bis': accepts(bis),
    'be.ondernemingsnummer': accepts(be_vat),
    'bg.egn': accepts(egn),
    'bg.lnch': accepts(pnf),
    'bg.eik': without('BG', when(lambda number: len(number) == 9, accepts(bg_vat))),
    'bg.dds-10': without('BG', bulgarian_other),
    'ch.ahv': accepts(ssn),
    'ch.uid': lambda number: accepts(ch_uid)(number) or accepts(ch_vat)(number),
    'cy.tic': accepts(cy_vat),
    'cz.rodne-cislo': accepts(cz_rc),
    'cz.ico': without('CZ', when(lambda number: len(number) == 8, accepts(dic))),
    'cz.dic-6': without('CZ', when(lambda number: len(number) == 9 and number[0] == '6', accepts(dic))),
    'de.idnr': accepts(idnr),
    'de.stnr': accepts(stnr),
    'de.ust-idnr': accepts(de_vat),
    'dk.cpr': accepts(cpr),
    'dk.cvr': accepts(cvr),
    'ee.isikukood': accepts(ik),
    'ee.registrikood': accepts(registrikood),
    'ee.kmkr': accepts(kmkr),
    'el.amka': accepts(amka),
    'el.afm': accepts(gr_vat),
    'es.dni': without('ES', accepts(dni)),
    'es.nie': without('ES', accepts(nie)),
    'es.nif-klm': without('ES', when(lambda number: number[0] in 'KLM', accepts(es_nif))),
    'es.cif': without('ES', accepts(cif)),
    'fi.hetu': accepts(hetu, allow_temporary=True),
    'fi.y-tunnus': accepts(alv),
    'fi.yhdistysrekisteri': accepts(associationid),
    'fr.nir': accepts(nir),
    'fr.nif': accepts(fr_nif),
    'fr.siren': accepts(siren),
    'fr.siret': accepts(siret),
    'fr.tva': accepts(fr_tva),
    'hr.oib': accepts(oib),
    'hr.jmbg': accepts(emso),
    'hu.adoszam': without(
        'HU', when(lambda number: len(number) in (8, 11) and number.isdigit(), lambda number: accepts(anum)(number[:8]))
    ),
    'ie.pps': accepts(pps),
    'ie.vat': accepts(ie_vat),
    'is.kennitala': when(lambda number: number[0] in '0123', accepts(kennitala)),
    'is.kennitala-fyrirtaekja': when(lambda number: number[0] in '4567', accepts(kennitala)),
    'is.vsk': accepts(vsk),
    'it.codice-fiscale': when(lambda number: len(number) != 11, accepts(codicefiscale)),
    'it.codice-fiscale-11': when(lambda number: len(number) == 11, accepts(codicefiscale)),
    'it.partita-iva': accepts(iva),
    'lt.asmens-kodas': accepts(asmens),
    'lt.pvm': accepts(pvm),
    'lu.matricule': luxembourg,
    'lu.tva': accepts(lu_tva),
    'lv.personas-kods': when(lambda number: number[0] in '0123' and number[:2] != '32', accepts(pvn)),
    'lv.personas-kods-bez-datuma': when(lambda number: number[:2] == '32', accepts(pvn)),
    'lv.pvn': when(lambda number: number[0] > '3', accepts(pvn)),
    'mt.vat': accepts(mt_vat),
    'nl.bsn': accepts(bsn),
    'nl.rsin': accepts(bsn),
    'nl.btw': accepts(btw),
    'no.fodselsnummer': accepts(fodselsnummer),
    'no.orgnr': lambda number: accepts(no_orgnr)(number) or accepts(mva)(number),
    'pl.pesel': accepts(pesel),
    'pl.nip': accepts(nip),
    'pl.regon': accepts(regon),
    'pt.cc': accepts(cc),
    'pt.nif': accepts(pt_nif),
    'ro.cnp': accepts(cnp),
    'ro.cui': accepts(cui),
    'ro.onrc': accepts(onrc),
    'se.personnummer': accepts(personnummer),
    'se.samordningsnummer': samordningsnummer,
    'se.orgnr': accepts(se_orgnr),
    'se.moms': accepts(se_vat),
    'si.emso': accepts(emso),
    'si.davcna': accepts(ddv),
    'si.maticna': accepts(maticna),
    'sk.rodne-cislo': accepts(sk_rc),
    'sk.ic-dph': accepts(dph),
    'sk.ico': slovak_ico,
    'uk.nhs': accepts(nhs),
    'uk.utr': accepts(utr),
    'uk.vat': accepts(gb_vat),
    'uk.vat-xi': accepts(gb_vat),
}


def answer(scheme, number):
    try:
        return SCHEMES[scheme](number)
    except (ValueError, IndexError, KeyError):
        # Some modules trip over a text that is no number of theirs at all.
        return False


if sys.argv[1:] == ['--schemes']:
    print('\n'.join(sorted(SCHEMES)))
else:
    for line in sys.stdin:
        scheme, number = line.rstrip('\n').split('\t')
        print('1' if answer(scheme, number) else '0')
