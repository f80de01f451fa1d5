// SPDX-License-Identifier: EUPL-1.2

import SEDCore
import SEDInspection
import SEDProcessor
import SEDTestSupport
import SEDValidation
import Testing

/// All numbers are invented or stand in public descriptions as examples.
struct NationalNumbersTests {
    @Test func `every State of the code list is known, others are not`() throws {
        let library = try SchemaLibrary(read: { try SchemaFolder(path: Repository.schemas).read($0) })
        #expect(NationalNumber.countries == (try library.codeList(named: "EESSIEUEFTACountryType").codes).sorted())
        for country in ["GB", "GR", "US", "", "ee"] {
            #expect(NationalNumber.checkPerson("36805280109", country: country) == .unknown)
            #expect(NationalNumber.checkCompany("12345678", country: country) == .unknown)
        }
    }

    @Test(arguments: [
        ("AT", "1237 010180", NationalNumber.Answer.valid), ("AT", "2237 010180", .invalid),
        ("AT", "123701018", .invalid),
        ("AT", "59-119/9013", .valid), ("AT", "0237010180", .invalid),
        ("BE", "85.07.30-033 28", .valid), ("BE", "85.07.30-033 29", .invalid), ("BE", "85.13.30-033 28", .invalid),
        ("BE", "17 07 30 033 84", .valid), ("BE", "98.47.28-997.65", .valid), ("BE", "98472899766", .invalid),
        ("BE", "00000000097", .invalid),
        ("BG", "7523169263", .valid), ("BG", "7523169264", .invalid), ("BG", "7111 042 925", .valid),
        ("BG", "752316926", .invalid), ("BG", "75231692633", .invalid),
        ("CH", "756.9217.0769.85", .valid), ("CH", "756.9217.0769.84", .invalid), ("CH", "7579217076985", .invalid),
        ("CH", "123.45.678.911", .unknown),
        ("CY", "10259033P", .valid), ("CY", "10259033Z", .invalid), ("CY", "0123456", .unknown),
        ("CZ", "710319/2745", .valid), ("CZ", "7103192746", .invalid), ("CZ", "7113192745", .invalid),
        ("CZ", "991231123", .valid), ("CZ", "530101000", .invalid), ("CZ", "7103592745", .unknown),
        ("DE", "65 170839 J 003", .valid), ("DE", "15070649C103", .valid), ("DE", "65170839J004", .invalid),
        ("DE", "A123456780", .valid), ("DE", "A123456781", .invalid), ("DE", "36 574 261 809", .valid),
        ("DE", "36574261890", .invalid), ("DE", "36554266806", .invalid), ("DE", "181/815/08155", .unknown),
        ("DE", "115FK123456", .unknown),
        ("DK", "211062-5629", .valid), ("DK", "211062-5620", .valid), ("DK", "311162-5629", .invalid),
        ("DK", "811062-5629", .unknown), ("DK", "211062562", .invalid),
        ("EE", "36805280109", .valid), ("EE", "36805280108", .invalid), ("EE", "37605030299", .valid),
        ("EE", "38001010015", .valid), ("EE", "38001010132", .valid), ("EE", "38001010250", .valid),
        ("EE", "36813280103", .invalid), ("EE", "3680528010", .invalid), ("EE", "368 0528 0109", .valid),
        ("EL", "01013099997", .valid), ("EL", "01013099999", .invalid), ("EL", "094259216", .valid),
        ("EL", "094259217", .invalid), ("EL", "1234567", .unknown),
        ("ES", "54362315-K", .valid), ("ES", "54362315Z", .invalid), ("ES", "X-2482300-W", .valid),
        ("ES", "X2482300A", .invalid), ("ES", "M1234567L", .valid), ("ES", "28/12345678/40", .valid),
        ("ES", "281234567841", .invalid), ("ES", "54362315", .unknown),
        ("FI", "131052-308T", .valid), ("FI", "131052-308U", .invalid), ("FI", "310252-308Y", .invalid),
        ("FI", "131052Y308T", .valid), ("FI", "131052a308t", .valid), ("FI", "131052308T", .invalid),
        ("FR", "2 95 10 99 126 111 93", .valid), ("FR", "295109912611199", .invalid), ("FR", "253072B07300470", .valid),
        ("FR", "253072C07300443", .invalid), ("FR", "2951099126111", .unknown), ("FR", "3023217600053", .valid),
        ("FR", "1234567A", .unknown),
        ("HR", "33392005961", .valid), ("HR", "33392005962", .invalid), ("HR", "123456789", .unknown),
        ("HR", "0101006500006", .valid),
        ("HU", "111 111 110", .valid), ("HU", "111111111", .invalid), ("HU", "8071592153", .valid),
        ("HU", "8071592154", .invalid), ("HU", "18001010016", .valid), ("HU", "18001010017", .invalid),
        ("HU", "30501010014", .valid), ("HU", "51001010001", .unknown),
        ("IE", "6433435F", .valid), ("IE", "6433435E", .invalid), ("IE", "6433435OA", .valid),
        ("IE", "6433435FW", .valid),
        ("IE", "6433435VH", .invalid),
        ("IS", "120174-3399", .valid), ("IS", "120174-3389", .unknown), ("IS", "320174-3399", .invalid),
        ("IS", "8123456789", .unknown), ("IS", "450401-3150", .invalid),
        ("IT", "RCCMNL83S18D969H", .valid), ("IT", "RCCMNL83S18D969A", .invalid), ("IT", "RCC MNL 83S18 D969H", .valid),
        ("IT", "RCCMNL83S18D969", .invalid), ("IT", "STP0301100000012", .unknown),
        ("LI", "756.9217.0769.85", .valid), ("LI", "756.9217.0769.84", .invalid), ("LI", "1234567", .unknown),
        ("LT", "33309240064", .valid), ("LT", "33309240164", .invalid), ("LT", "3330924006", .invalid),
        ("LU", "1893120105732", .valid), ("LU", "1893120105733", .invalid), ("LU", "1893120105722", .invalid),
        ("LU", "20000605001", .unknown),
        ("LV", "161175-19997", .valid), ("LV", "161375-19997", .invalid), ("LV", "161175-19998", .invalid),
        ("LV", "328673-00679", .valid), ("LV", "328673-00677", .unknown),
        ("MT", "0123456M", .unknown), ("MT", "M", .unknown), ("MT", "!", .invalid),
        ("NL", "1112.22.333", .valid), ("NL", "1112.52.333", .invalid), ("NL", "1112223334", .invalid),
        ("NL", "000000000", .invalid),
        ("NO", "151086 95088", .valid), ("NO", "15108695077", .invalid), ("NO", "81018612345", .unknown),
        ("PL", "44051401359", .valid), ("PL", "44051401358", .invalid), ("PL", "02381307589", .invalid),
        ("PL", "856-734-62-15", .valid),
        ("PT", "11111111110", .valid), ("PT", "12345678910", .valid), ("PT", "11111111111", .invalid),
        ("PT", "31111111110", .invalid),
        ("PT", "501964843", .valid), ("PT", "501964842", .unknown), ("PT", "00000000 0 ZZ4", .valid),
        ("PT", "000000000ZZ3", .invalid),
        ("RO", "1630615123457", .valid), ("RO", "1630615123458", .invalid), ("RO", "1632215123457", .invalid),
        ("RO", "0800101221142", .invalid),
        ("SE", "880320-0016", .valid), ("SE", "880320-0018", .invalid), ("SE", "198803200016", .valid),
        ("SE", "19880320+0016", .valid), ("SE", "881320-0015", .invalid), ("SE", "8803-200016", .invalid),
        ("SI", "0101006500006", .valid), ("SI", "0101006500007", .invalid), ("SI", "50223054", .valid),
        ("SI", "123456789", .unknown),
        ("SK", "710319/2745", .valid), ("SK", "1103492745", .invalid),
        ("UK", "AB 12 34 56 C", .valid), ("UK", "AB123456", .valid), ("UK", "QQ123456C", .invalid),
        ("UK", "BG123456A", .invalid), ("UK", "AB123456E", .invalid), ("UK", "943-476-5870", .valid),
        ("UK", "9434765871", .invalid), ("UK", "1955839661", .valid), ("UK", "TN120385F", .unknown),
    ])
    func `personal numbers are judged`(country: String, number: String, answer: NationalNumber.Answer) {
        #expect(NationalNumber.checkPerson(number, country: country) == answer)
    }

    @Test(arguments: [
        ("AT", "ATU13585627", NationalNumber.Answer.valid), ("AT", "U13585626", .invalid),
        ("AT", "FN 122119m", .unknown),
        ("BE", "BE 0428.759.497", .valid), ("BE", "428759497", .valid), ("BE", "431150351", .invalid),
        ("BE", "0428759498", .invalid), ("BE", "2.123.456.791", .valid), ("BE", "2123456792", .invalid),
        ("BG", "BG 175 074 752", .valid), ("BG", "175074751", .invalid), ("BG", "1750747520019", .valid),
        ("BG", "1750747520018", .invalid),
        ("CH", "CHE-100.155.212", .valid), ("CH", "CHE-100.155.213", .invalid), ("CH", "CHE-107.787.577 IVA", .valid),
        ("CH", "CH-020.3.000.123-4", .unknown),
        ("CY", "CY-10259033P", .valid), ("CY", "10259033Z", .invalid), ("CY", "HE 123456", .unknown),
        ("CZ", "CZ 25123891", .valid), ("CZ", "25123890", .invalid), ("CZ", "7103192745", .valid),
        ("DE", "DE136695976", .valid), ("DE", "136695978", .invalid), ("DE", "München HRB 12345", .unknown),
        ("DE", "HRB 12345 B", .unknown), ("DE", "HRX 12345", .invalid),
        ("DK", "DK 13585628", .valid), ("DK", "13585627", .invalid), ("DK", "9912345678", .unknown),
        ("EE", "12345678", .valid), ("EE", "12345679", .invalid), ("EE", "32345674", .invalid),
        ("EE", "70001975", .valid),
        ("EE", "EE 100 931 558", .valid), ("EE", "100594103", .invalid), ("EE", "36805280109", .valid),
        ("EL", "EL 094259216", .valid), ("EL", "123456781", .invalid),
        ("ES", "ES B-64717838", .valid), ("ES", "B64717839", .invalid), ("ES", "J99216582", .valid),
        ("FI", "2077474-0", .valid), ("FI", "2077474-1", .invalid), ("FI", "123.123", .unknown),
        ("FR", "552 008 443", .valid), ("FR", "404833047", .invalid), ("FR", "73282932000074", .valid),
        ("FR", "73282932000079", .invalid), ("FR", "Fr 40 303 265 045", .valid), ("FR", "K7399859412", .valid),
        ("FR", "84 323 140 391", .invalid), ("FR", "35600000000048", .valid), ("FR", "W123456789", .unknown),
        ("HR", "HR 33392005961", .valid), ("HR", "33392005962", .invalid),
        ("HU", "HU-12892312", .valid), ("HU", "12892313", .invalid), ("HU", "12892312-2-41", .valid),
        ("HU", "01-09-123456", .unknown),
        ("IE", "IE 6433435F", .valid), ("IE", "8D79739I", .valid), ("IE", "6433435E", .invalid),
        ("IE", "123456", .unknown),
        ("IS", "450401-3150", .valid), ("IS", "450401-3140", .invalid),
        ("IT", "IT 00743110157", .valid), ("IT", "00743110158", .invalid), ("IT", "RCCMNL83S18D969H", .valid),
        ("LI", "FL-0002.123.456-7", .unknown),
        ("LT", "LT 100001919017", .valid), ("LT", "100001919018", .invalid), ("LT", "100004801610", .valid),
        ("LU", "LU 150 274 42", .valid), ("LU", "15027443", .invalid), ("LU", "B 123456", .unknown),
        ("LV", "LV 4000 3521 600", .valid), ("LV", "40003521601", .invalid),
        ("MT", "MT 1167-9112", .valid), ("MT", "11679113", .invalid), ("MT", "C 12345", .unknown),
        ("NL", "NL4495445B01", .invalid), ("NL", "004495445B01", .valid), ("NL", "NL002455799B11", .valid),
        ("NL", "123456789B90", .invalid), ("NL", "111222333L01", .valid), ("NL", "111222334L01", .invalid),
        ("NL", "12345678", .unknown),
        ("NO", "988 077 917", .valid), ("NO", "988 077 918", .invalid), ("NO", "NO 995 525 828 MVA", .valid),
        ("PL", "PL 8567346215", .valid), ("PL", "8567346216", .invalid), ("PL", "192598184", .valid),
        ("PL", "12345678512347", .valid), ("PL", "12345678512348", .invalid), ("PL", "0000123456", .unknown),
        ("PT", "PT 501 964 843", .valid), ("PT", "501964842", .invalid),
        ("RO", "RO 185 472 90", .valid), ("RO", "18547291", .invalid), ("RO", "J2012000750528", .valid),
        ("RO", "J2012000750529", .invalid), ("RO", "J52/750/2012", .unknown),
        ("SE", "123456-7897", .valid), ("SE", "1234567891", .invalid), ("SE", "SE 123456789701", .valid),
        ("SI", "SI 5022 3054", .valid), ("SI", "50223055", .invalid), ("SI", "9331310000", .valid),
        ("SI", "9331320000", .invalid),
        ("SK", "SK 202 274 96 19", .valid), ("SK", "2022749618", .invalid),
        ("UK", "GB 980 7806 84", .valid), ("UK", "802311781", .invalid), ("UK", "NI123456", .unknown),
        ("UK", "GD001", .valid), ("UK", "123/AB456", .unknown),
    ])
    func `numbers of organisations are judged`(country: String, number: String, answer: NationalNumber.Answer) {
        #expect(NationalNumber.checkCompany(number, country: country) == answer)
    }

    @Test(arguments: [
        ("EE", "36805280109", "1968-05-28", "01"), ("EE", "49403136526", "1994-03-13", "02"),
        ("BE", "85073003328", "1985-07-30", "01"), ("BE", "17073003384", "2017-07-30", "01"),
        ("BE", "98472899765", "1998-07-28", "01"), ("BE", "01490700185", "2001-09-07", "01"),
        ("BG", "7542011030", "2075-02-01", "02"), ("CZ", "7103192745", "1971-03-19", "01"),
        ("DE", "15070649C103", nil, "01"), ("DE", "A123456780", nil, nil), ("DK", "2110625629", "1862-10-21", "01"),
        ("DK", "2110620629", "1962-10-21", "01"), ("EL", "01013099997", nil, "01"),
        ("FI", "131052-308T", "1952-10-13", "02"),
        ("FI", "131052A308T", "2052-10-13", "02"), ("FR", "295109912611193", nil, "02"),
        ("IS", "1201743399", "1974-01-12", nil), ("IT", "RCCMNL83S18D969H", nil, "01"),
        ("LT", "33309240064", "1933-09-24", "01"), ("HU", "18001010016", "1980-01-01", "01"),
        ("HU", "30501010014", "2005-01-01", "01"), ("LU", "1893120105732", "1893-12-01", nil),
        ("LV", "16117519997", "1975-11-16", nil), ("LV", "32867300679", nil, nil),
        ("NO", "15108695088", "1986-10-15", "02"), ("PL", "44051401359", "1944-05-14", "01"),
        ("PL", "02211307589", "2002-01-13", "02"), ("RO", "1630615123457", "1963-06-15", "01"),
        ("SE", "198803200016", "1988-03-20", "01"), ("SE", "8803200016", nil, "01"),
        ("SI", "0101006500006", "2006-01-01", "01"), ("NL", "111222333", nil, nil), ("EE", "36805280108", nil, nil),
        ("XX", "36805280109", nil, nil),
    ])
    func `birth date and sex are read from the number`(country: String, number: String, date: String?, sex: String?) {
        #expect(NationalNumber.birthDate(ofPerson: number, country: country)?.description == date)
        #expect(NationalNumber.sex(ofPerson: number, country: country) == sex)
    }

    @Test func `a number that two schemes take says nothing that they disagree on`() {
        // An LNCh that is by chance an EGN with a date, and an EGN that is none.
        #expect(NationalNumber.checkPerson("7502110008", country: "BG") == .valid)
        #expect(NationalNumber.birthDate(ofPerson: "7502110008", country: "BG") == nil)
        #expect(NationalNumber.birthDate(ofPerson: "7502110013", country: "BG")?.description == "1975-02-11")
    }

    @Test func `hostile text is judged at once and never taken`() {
        let texts = [
            "", " ", "-", "...///---", "\u{0}", "\n\t", "٣٦٨٠٥٢٨٠١٠٩", "３６８０５２８０１０９", "36805280109\u{301}",
            "🇪🇪", String(repeating: "3", count: 1_000_000), String(repeating: " ", count: 1_000_000),
            String(repeating: "é", count: 33), "36805280109;--", "-36805280109e",
            "99999999999999999999999999999999999999",
            "AAAAAAAAAAAAAAAA", "+++++++++++", "00000000000000000000", "Infinity", "0x24A5",
        ]
        for country in NationalNumber.countries {
            for text in texts {
                #expect(NationalNumber.checkPerson(text, country: country) != .valid, "\(country) \(text.prefix(20))")
                #expect(NationalNumber.checkCompany(text, country: country) != .valid, "\(country) \(text.prefix(20))")
                #expect(NationalNumber.birthDate(ofPerson: text, country: country) == nil)
            }
        }
    }

    @Test func `every text of up to two characters, and zeros and nines of every length, are judged without a trap`() {
        var texts = (0...66).flatMap { [String(repeating: "0", count: $0), String(repeating: "9", count: $0)] }
        for first in 0x20..<0x7F {
            for rest in ["", "0", "A", "99999999", "9999999999999"] {
                texts.append(String(UnicodeScalar(UInt8(first))) + rest)
                texts.append(rest + String(UnicodeScalar(UInt8(first))))
            }
        }
        var judged = 0
        for country in NationalNumber.countries {
            for text in texts {
                _ = NationalNumber.checkPerson(text, country: country)
                _ = NationalNumber.checkCompany(text, country: country)
                _ = NationalNumber.sex(ofPerson: text, country: country)
                judged += 1
            }
        }
        #expect(judged == texts.count * 32)
    }

    @Test func `dashes of word processors and narrow blanks separate as hyphens and blanks do`() {
        #expect(NationalNumber.checkPerson("131052\u{2013}308T", country: "FI") == .valid)
        #expect(NationalNumber.checkPerson("368\u{A0}0528\u{202F}0109", country: "EE") == .valid)
    }

    @Test func `docs list every scheme`() throws {
        let page = try Repository.text("docs/national-numbers.md")
        for country in NationalNumber.countries {
            for scheme in NationalNumber.schemes(of: country) {
                #expect(page.contains("`\(scheme.name)`"), "\(scheme.name)")
            }
        }
    }
}
