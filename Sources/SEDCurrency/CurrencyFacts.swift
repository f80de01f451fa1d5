// SPDX-License-Identifier: EUPL-1.2

internal import SEDCore

// The tables behind `Currency`.

extension Currency {
    /// The day on which the euro began, by Regulation (EC) 974/98.
    static let euroBegan = day(1999, 1, 1)

    // MARK: Currencies of the States

    /// The currencies of each State in the order of time.
    static let currencies: [String: [(code: String, since: CivilDate)]] = {
        var known: [String: [(code: String, since: CivilDate)]] = [:]
        for country in ["AT", "BE", "DE", "ES", "FI", "FR", "IE", "IT", "LU", "NL", "PT"] {
            known[country] = [("EUR", euroBegan)]
        }
        for (country, code) in [
            ("CH", "CHF"), ("CZ", "CZK"), ("DK", "DKK"), ("HU", "HUF"), ("IS", "ISK"), ("LI", "CHF"), ("NO", "NOK"),
            ("PL", "PLN"), ("SE", "SEK"), ("UK", "GBP"),
        ] {
            known[country] = [(code, euroBegan)]
        }
        for (country, code) in [
            ("CY", "CYP"), ("EE", "EEK"), ("EL", "GRD"), ("HR", "HRK"), ("LT", "LTL"), ("LV", "LVL"), ("MT", "MTL"),
            ("SI", "SIT"), ("SK", "SKK"),
        ] {
            guard let since = fixedRates[code]?.since else { continue }
            known[country] = [(code, euroBegan), ("EUR", since)]
        }
        // The lev and the leu were redenominated, each with a new code.
        known["BG"] = [("BGL", euroBegan), ("BGN", day(1999, 7, 5)), ("EUR", day(2026, 1, 1))]
        known["RO"] = [("ROL", euroBegan), ("RON", day(2005, 7, 1))]
        return known
    }()

    // MARK: Fixed conversion rates

    /// Units of the currency for one euro, and the day of the changeover.
    static let fixedRates: [String: (rate: String, since: CivilDate)] = [
        "ATS": ("13.7603", euroBegan),
        "BEF": ("40.3399", euroBegan),
        "DEM": ("1.95583", euroBegan),
        "ESP": ("166.386", euroBegan),
        "FIM": ("5.94573", euroBegan),
        "FRF": ("6.55957", euroBegan),
        "IEP": ("0.787564", euroBegan),
        "ITL": ("1936.27", euroBegan),
        "LUF": ("40.3399", euroBegan),
        "NLG": ("2.20371", euroBegan),
        "PTE": ("200.482", euroBegan),
        "GRD": ("340.750", day(2001, 1, 1)),
        "SIT": ("239.640", day(2007, 1, 1)),
        "CYP": ("0.585274", day(2008, 1, 1)),
        "MTL": ("0.429300", day(2008, 1, 1)),
        "SKK": ("30.1260", day(2009, 1, 1)),
        "EEK": ("15.6466", day(2011, 1, 1)),
        "LVL": ("0.702804", day(2014, 1, 1)),
        "LTL": ("3.45280", day(2015, 1, 1)),
        "HRK": ("7.53450", day(2023, 1, 1)),
        "BGN": ("1.95583", day(2026, 1, 1)),
    ]

    // MARK: Quotation

    /// The periods in which the ECB published reference rates; without a last day still.
    ///
    /// Source: the ECB's history of the reference rates (`eurofxref-hist`). Where the last rate was published before
    /// a weekend that ended with a changeover, the period ends with the weekend. The ECB's file leaves out the
    /// drachma; its days are those of the other currencies.
    static let quotations: [String: [(first: CivilDate, last: CivilDate?)]] = {
        let began = day(1999, 1, 4)
        var known: [String: [(first: CivilDate, last: CivilDate?)]] = [:]
        for code in [
            "AUD", "CAD", "CHF", "CZK", "DKK", "GBP", "HKD", "HUF", "JPY", "KRW", "NOK", "NZD", "PLN", "SEK", "SGD",
            "THB", "USD", "ZAR",
        ] {
            known[code] = [(began, nil)]
        }
        for code in ["CNY", "IDR", "MYR", "PHP"] {
            known[code] = [(day(2005, 4, 1), nil)]
        }
        known["RON"] = [(day(2005, 7, 1), nil)]
        known["TRY"] = [(day(2005, 1, 3), nil)]
        known["BRL"] = [(day(2008, 1, 2), nil)]
        known["MXN"] = [(day(2008, 1, 2), nil)]
        known["INR"] = [(day(2009, 1, 2), nil)]
        known["ILS"] = [(day(2011, 1, 3), nil)]

        known["GRD"] = [(began, day(2000, 12, 31))]
        known["TRL"] = [(began, day(2004, 12, 31))]
        known["ROL"] = [(began, day(2005, 6, 30))]
        known["SIT"] = [(began, day(2006, 12, 31))]
        known["CYP"] = [(began, day(2007, 12, 31))]
        known["MTL"] = [(began, day(2007, 12, 31))]
        known["SKK"] = [(began, day(2008, 12, 31))]
        known["EEK"] = [(began, day(2010, 12, 31))]
        known["LVL"] = [(began, day(2013, 12, 31))]
        known["LTL"] = [(began, day(2014, 12, 31))]
        known["HRK"] = [(day(2005, 4, 1), day(2022, 12, 31))]
        known["BGN"] = [(day(2000, 7, 19), day(2025, 12, 31))]
        known["RUB"] = [(day(2005, 4, 1), day(2022, 3, 1))]
        known["ISK"] = [(began, day(2008, 12, 9)), (day(2018, 2, 1), nil)]
        return known
    }()

    // MARK: Decimals

    static let minorUnitsByCode: [String: Int] = {
        let none = """
            BEF BIF BYR CLP DJF ESP GNF GRD ISK ITL JPY KMF KRW LUF PTE PYG RWF TRL UGX VND VUV XAF XOF XPF
            """
        let two = """
            AED AFN ALL AMD ANG AOA ARS ATS AUD AWG AZN BAM BBD BDT BGL BGN BMD BND BOB BOV BRL BSD BTN BWP BZD CAD CDF \
            CHF CNY COP CRC CUC CUP CVE CYP CZK DEM DKK DOP DZD EEK EGP ERN ETB EUR FIM FJD FKP FRF GBP GEL GHS GIP \
            GMD GTQ GYD HKD HNL HRK HTG HUF IDR IEP ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL LTL \
            LVL MAD MDL MGA MKD MMK MNT MOP MRO MTL MUR MVR MWK MXN MYR MZN NAD NGN NIO NLG NOK NPR NZD PAB PEN PGK \
            PHP PKR PLN QAR ROL RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SIT SKK SLL SOS SRD STD SVC SYP SZL THB TJS TMT \
            TOP TRY TTD TWD TZS UAH USD UYU UZS VEF WST XCD YER ZAR ZMK ZWL
            """
        let three = "BHD IQD JOD KWD LYD OMR TND"
        var known: [String: Int] = [:]
        for (codes, decimals) in [(none, 0), (two, 2), (three, 3)] {
            for code in codes.split(separator: " ") { known[String(code)] = decimals }
        }
        return known
    }()

    /// A day that is written here and exists.
    private static func day(_ year: Int, _ month: Int, _ day: Int) -> CivilDate {
        guard let date = CivilDate(year: year, month: month, day: day) else {
            preconditionFailure("\(year)-\(month)-\(day) is no day")
        }
        return date
    }
}
