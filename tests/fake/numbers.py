#!/usr/bin/env python3
"""numbers.py corpus SEED N: N lines "COUNTRY TAB TEXT": numbers of all countries, good and bad, in many spellings.
numbers.py judge CORPUS ANSWERS: what `build/scripts/numbers` says of them against libphonenumber (Debian's
python3-phonenumbers). A difference that is not one of those meant, which are the functions of this file that begin with
meant_, is printed; exit 1. The last line says how many there were of each.
"""
import collections
import json
import random
import re
import sys

sys.path.insert(0, '/usr/lib/python3/dist-packages')
import phonenumbers as lib  # noqa: E402
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType, ValidationResult  # noqa: E402
from phonenumbers.timezone import time_zones_for_number  # noqa: E402

try:
    from re import _parser as regex
except ImportError:
    import sre_parse as regex

re._MAXCACHE = 1 << 20  # the library compiles its patterns again for each number
REGIONS = sorted(lib.SUPPORTED_REGIONS)
CODES = sorted(lib.COUNTRY_CODE_TO_REGION_CODE)
FRENCH = ('FR', 'GP', 'BL', 'MF', 'GF', 'MQ', 'RE', 'YT', 'PM')
TYPES = {getattr(PhoneNumberType, k): v for k, v in (
    ('FIXED_LINE', 'fixed'), ('MOBILE', 'mobile'), ('FIXED_LINE_OR_MOBILE', 'fixed_or_mobile'), ('TOLL_FREE', 'toll_free'),
    ('PREMIUM_RATE', 'premium'), ('SHARED_COST', 'shared_cost'), ('VOIP', 'voip'), ('PERSONAL_NUMBER', 'personal'),
    ('PAGER', 'pager'), ('UAN', 'uan'), ('VOICEMAIL', 'voicemail'), ('UNKNOWN', 'unknown'))}
KINDS = ('general_desc', 'fixed_line', 'mobile', 'toll_free', 'premium_rate', 'shared_cost', 'voip', 'personal_number',
         'pager', 'uan', 'voicemail')
# enum e164_fault
(FINE, EMPTY, NOT_A_NUMBER, NEEDS_COUNTRY, NO_COUNTRY, TOO_SHORT, TOO_LONG, BAD_LENGTH, LOCAL, EMERGENCY, SHORT_CODE,
 NO_LINE) = range(12)
# Beyond what the library reads: a blank, or nothing at all.
BLANKS = '\t\u202f\u2009\u2007\u2002'
SIGNS = '\u200e\u200f\u202a\u202c\u2066\u2069\ufeff'


def drawn(rnd, tree):
    """A text that a parsed pattern matches."""
    out = []
    for op, value in tree:
        op = str(op)
        if op == 'LITERAL':
            out.append(chr(value))
        elif op == 'IN':
            out.append(rnd.choice([c for c in '0123456789' if any(
                (str(o) == 'LITERAL' and v == ord(c)) or (str(o) == 'RANGE' and v[0] <= ord(c) <= v[1]) or
                str(o) == 'CATEGORY' for o, v in value)]))
        elif op == 'BRANCH':
            out.append(drawn(rnd, rnd.choice(value[1])))
        elif op == 'SUBPATTERN':
            out.append(drawn(rnd, value[-1]))
        elif op == 'MAX_REPEAT':
            out += [drawn(rnd, value[2]) for _ in range(rnd.randint(value[0], value[1]))]
        elif op != 'AT':
            raise ValueError(op)
    return ''.join(out)


class Corpus:
    def __init__(self, seed):
        self.rnd, self.trees = random.Random(seed), {}

    def of(self, pattern):
        if pattern not in self.trees:
            self.trees[pattern] = regex.parse(pattern)
        return drawn(self.rnd, self.trees[pattern])

    def national(self, metadata):
        """A national number, more often good than not."""
        rnd = self.rnd
        kind = rnd.choice([k for k in KINDS if getattr(metadata, k) and getattr(metadata, k).national_number_pattern])
        digits = self.of(getattr(metadata, kind).national_number_pattern)
        how = rnd.random()
        at = rnd.randrange(len(digits) + 1)
        if how < 0.08:
            digits = digits[:at] + rnd.choice('0123456789') + digits[at:]
        elif how < 0.16:
            digits = digits[:at] + digits[at + 1:]
        elif how < 0.24:
            digits = digits[:at] + rnd.choice('0123456789') + digits[at + 1:]
        elif how < 0.27:
            digits = digits[-rnd.choice((6, 7, 8)):]
        elif how < 0.29:
            digits += ''.join(rnd.choice('0123456789') for _ in range(rnd.randint(1, 12)))
        return digits

    def trunk(self, metadata):
        """What stands in front of a national number at home."""
        pattern = metadata.national_prefix_for_parsing
        if not pattern or self.rnd.random() < 0.3:
            return metadata.national_prefix or ''
        return self.of(pattern)

    def grouped(self, digits, gaps):
        rnd, out = self.rnd, ''
        while digits:
            n = rnd.randint(1, 4)
            out += digits[:n] + rnd.choice(gaps)
            digits = digits[n:]
        return out

    def formatted(self, code, digits, style):
        number = lib.PhoneNumber(country_code=code, national_number=int(digits))
        if digits[0] == '0':
            number.italian_leading_zero = True
            number.number_of_leading_zeros = len(digits) - len(digits.lstrip('0'))
        return lib.format_number(number, style)

    def scripted(self, text):
        zero = ord(self.rnd.choice('\u0660\u06f0\u0966\uff10\u09e6\u0e50\U0001d7ce'))
        return ''.join(chr(zero + int(c)) if c in '0123456789' else c for c in text)

    def extension(self):
        rnd = self.rnd
        digits = ''.join(rnd.choice('0123456789') for _ in range(rnd.choice((1, 2, 3, 4, 4, 6, 7, 9, 10, 15, 16, 20, 21))))
        label = rnd.choice((' x', 'x', ' ext. ', ' ext', ' Ext: ', ' extension ', ' extensión ', ' extensio\u0301n ', ' #',
                            ',', ',,', ', ', ';', ';ext=', ' xtn ', ' int ', ' anexo ', ' доб ', '~', ' \uff58', ' - ',
                            ', ext. ', ' EXTN.', ' x: ', ',,,'))
        return label + digits + rnd.choice(('', '', '', '#'))

    def spelling(self, code, digits, metadata):
        rnd = self.rnd
        plain = (' ', '', '-', '.', ' ', ' - ', '/', ') ', ' (', '\u00a0')
        how = rnd.randrange(16)
        if how == 0:
            text = '+%d%s' % (code, digits)
        elif how == 1:
            text = self.formatted(code, digits, PhoneNumberFormat.INTERNATIONAL)
        elif how == 2:
            text = self.formatted(code, digits, PhoneNumberFormat.NATIONAL)
        elif how == 3:
            text = self.formatted(code, digits, PhoneNumberFormat.RFC3966)
        elif how == 4:
            text = '+%d (0) %s' % (code, self.grouped(digits, plain))
        elif how == 5:
            text = '00%d%s' % (code, self.grouped(digits, plain))
        elif how == 6:
            text = '+%d %s' % (code, self.grouped(self.trunk(metadata) + digits, plain))
        elif how == 7:
            text = '%d %s' % (code, self.grouped(digits, plain))
        elif how == 8:
            text = self.scripted(self.grouped('+%d' % code + digits, (' ', '', '\u2013', '\u00a0')))
        elif how == 9:
            text = self.scripted(self.trunk(metadata) + digits)
        elif how == 10:
            text = rnd.choice(('Tel: ', "'", '=', 'tél. ', '(', '++', '\uff0b', ' ')) + '%d' % code + digits + \
                rnd.choice(('', ')', '.', ' -', ' / x12'))
        elif how == 11:
            idd = self.of(metadata.international_prefix) if metadata.international_prefix else '00'
            text = idd + '%d' % code + digits
        else:
            text = self.grouped(self.trunk(metadata) + digits, plain)
        if rnd.random() < 0.12:
            text += self.extension()
        how = rnd.random()
        if how < 0.03:
            at = rnd.randrange(len(text) + 1)
            text = text[:at] + rnd.choice(BLANKS + SIGNS) + text[at:]
        elif how < 0.05:
            at = rnd.randrange(len(text) + 1)
            text = text[:at] + rnd.choice('xX:é,;%_"\u2014~*ab') + text[at:]
        elif how < 0.06:
            at = rnd.randrange(len(text))
            text = text[:at] + ''.join(rnd.choice('ABCDEFGHIJKLMNOPQRSTUVWYZabc') for _ in range(rnd.randint(2, 6))) + text[at:]
        elif how < 0.065:
            text += ' 1' * 130
        return text

    def short(self, region):
        metadata = PhoneMetadata.short_metadata_for_region(region, None)
        kinds = [k for k in ('emergency', 'short_code') if metadata and getattr(metadata, k) and
                 getattr(metadata, k).national_number_pattern]
        return self.of(getattr(metadata, self.rnd.choice(kinds)).national_number_pattern) if kinds else '112'

    def line(self, turn):
        rnd = self.rnd
        if turn % 20 == 19:
            region = rnd.choice(REGIONS)
            return '%s\t%s' % (region, self.short(region))
        if turn % 50 == 7:
            junk = ''.join(rnd.choice('0123456789+-() xé.,#;=eE/\t') for _ in range(rnd.randint(0, 30)))
            return '%s\t%s' % (rnd.choice(REGIONS + ['']), junk)
        if turn % 12 == 5:
            region = rnd.choice(FRENCH)
            code = lib.country_code_for_region(region)
        else:
            code = CODES[turn % len(CODES)] if turn % 3 else rnd.choice(CODES)
            region = rnd.choice(lib.region_codes_for_country_code(code))
        metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        if turn % 12 == 5 and rnd.random() < 0.5:
            digits = rnd.choice(('590', '690', '691', '594', '694', '596', '696', '697', '262', '263', '269', '639', '692', '693',
                                 '508', '612', '145')) + ''.join(rnd.choice('0123456789') for _ in range(6))
        else:
            digits = self.national(metadata)
        home = region if rnd.random() < 0.75 else rnd.choice(REGIONS + [''])
        if region == '001':
            home = rnd.choice(REGIONS + [''])
        return '%s\t%s' % (home, self.spelling(code, digits or '1', metadata))


class Judge:
    def __init__(self):
        self.count = collections.Counter()
        self.country = {}
        for line in open('/usr/share/zoneinfo/zone.tab', encoding='utf-8'):
            if line[0] != '#':
                self.country[line.split('\t')[2].strip()] = line[:2]
        self.files = {}

    def rules(self, zone):
        """A zone under all its names."""
        if zone not in self.files:
            self.files[zone] = open('/usr/share/zoneinfo/' + zone, 'rb').read()
        return self.files[zone]

    def answer(self, number, extension):
        region = lib.region_code_for_number(number)
        return (lib.format_number(lib.PhoneNumber(
            country_code=number.country_code, national_number=number.national_number,
            italian_leading_zero=number.italian_leading_zero,
            number_of_leading_zeros=number.number_of_leading_zeros), PhoneNumberFormat.E164),
            region, TYPES[lib.number_type(number)], set(time_zones_for_number(number)) - {'Etc/Unknown'},
            # it is keyed: in digits that a telephone has
            lib.normalize_digits_only(extension or ''))

    def library(self, text, home):
        """(answer or None, faults that say the same, the number)"""
        try:
            number = lib.parse(text, home or None)
        except lib.NumberParseException as error:
            faults = {
                error.INVALID_COUNTRY_CODE: (NO_COUNTRY, NEEDS_COUNTRY), error.NOT_A_NUMBER: (NOT_A_NUMBER, EMPTY),
                error.TOO_SHORT_AFTER_IDD: (TOO_SHORT,), error.TOO_SHORT_NSN: (TOO_SHORT,), error.TOO_LONG: (TOO_LONG,)}
            return None, faults[error.error_type], None
        if lib.is_valid_number(number):
            return self.answer(number, number.extension), (), number
        return None, {
            ValidationResult.IS_POSSIBLE: (NO_LINE,), ValidationResult.IS_POSSIBLE_LOCAL_ONLY: (LOCAL,),
            ValidationResult.TOO_SHORT: (TOO_SHORT,), ValidationResult.TOO_LONG: (TOO_LONG,),
            ValidationResult.INVALID_LENGTH: (BAD_LENGTH,)}[lib.is_possible_number_with_reason(number)], number

    # The differences that are meant, each with its reason.

    def meant_blanks(self, text):
        """Blanks and signs of direction that copying leaves behind are none of a number."""
        plain = ''.join(' ' if c in BLANKS else '' if c in SIGNS else c for c in text)
        return plain if plain != text else None

    def meant_french(self, text, home, number):
        """One plan of ten digits for France and its departments: the metadata has all of 05 and 06 in +33."""
        if number is None or len(lib.national_significant_number(number)) != 9:
            return None
        national = lib.national_significant_number(number)
        code = {'590': 590, '690': 590, '691': 590, '594': 594, '694': 594, '596': 596, '696': 596, '697': 596, '262': 262,
                '263': 262, '269': 262, '639': 262, '692': 262, '693': 262, '508': 508}.get(national[:3], 33)
        if number.country_code == code or number.country_code not in (33, 262, 590, 594, 596, 508):
            return None
        # the way round is open to what is dialled at home only
        raw = lib.parse(text, home or None, keep_raw_input=True).country_code_source
        if number.country_code != 33 and raw != lib.CountryCodeSource.FROM_DEFAULT_COUNTRY:
            return None
        other = lib.parse('+%d%s' % (code, national[3:] if code == 508 else national))
        return self.answer(other, number.extension) if lib.is_valid_number(other) else None

    def meant_letters(self, text):
        """Digits of every script count, also where there are letters, too: there the library leaves them out."""
        if len(re.findall('[A-Za-z]', text)) < 3:
            return text
        return ''.join(str(lib.phonenumberutil.unicode_digit(c, -1)) if lib.phonenumberutil.unicode_digit(c, -1) >= 0 else c
                       for c in text)

    def meant_second(self, text):
        """The extension of a second number ("x302/x2303") is left out with a capital X, too."""
        return re.sub(r'([\\/] *)X', r'\1x', text)

    def meant_abroad(self, text):
        """00 is what most of the world dials for abroad: taken where a country has another prefix, or none is set."""
        if not lib.normalize_digits_only(text).startswith('00') or '+' in text or '\uff0b' in text:
            return None
        extension, part = lib.phonenumberutil._maybe_strip_extension(lib.phonenumberutil._extract_possible_number(text))
        rest = '+' + lib.phonenumberutil._normalize(part)[2:]
        answer, _, number = self.library(rest, None)
        answer = self.meant_french(rest, '', number) or answer
        return answer and answer[:4] + (lib.normalize_digits_only(extension),)

    def meant_zones(self, ours, theirs, region):
        """Of zones of several countries those of its own are kept; a neighbour's alone is no answer where the country has
        several; names are those of today."""
        mine = [z for z in ours if z]
        if {self.rules(z) for z in mine} == {self.rules(z) for z in theirs}:
            return True
        left = {self.rules(z) for z in theirs if self.country.get(z) == region}
        if left:
            return {self.rules(z) for z in mine} == left
        return bool(mine) and all(self.country.get(z) == region for z in mine)

    def meant_short(self, text, home, fault):
        """A number that is dialled in an emergency is never called, whatever else it could be; what is a short code is
        called so, and not a number that is too short."""
        metadata = PhoneMetadata.short_metadata_for_region(home, None) if home else None
        kind = metadata and (metadata.emergency if fault == EMERGENCY else metadata.short_code)
        if not kind or not kind.national_number_pattern:
            return False
        digits = lib.normalize_digits_only(text)
        extension = lib.phonenumberutil._maybe_strip_extension(text)[0]
        return any(re.fullmatch(kind.national_number_pattern, d)
                   for d in (digits, digits[:len(digits) - len(lib.normalize_digits_only(extension))]))

    def meant_missing(self, number, fault):
        """Where a digit is missing, and the national prefix makes up for it, the number is too short all the same."""
        if number is None or fault != TOO_SHORT:
            return False
        # the metadata that it was parsed with: that of the calling code, or of a region at home there
        for region in lib.region_codes_for_country_code(number.country_code):
            metadata = PhoneMetadata.metadata_for_region_or_calling_code(number.country_code, region)
            bare = lib.phonenumberutil._maybe_strip_national_prefix_carrier_code(
                lib.national_significant_number(number), metadata)[1]
            if lib.phonenumberutil._test_number_length(bare, metadata) == ValidationResult.TOO_SHORT:
                return True
        return False

    def same(self, ours, answer):
        return ours[:3] == list(answer[:3]) and ours[4] == answer[4]

    def judge(self, text, home, ours):
        """None, or what was to be."""
        for_library = text
        plain = self.meant_blanks(text)
        if plain is not None:
            self.count['blanks'] += 1
            for_library = plain
        for_library = self.meant_second(self.meant_letters(for_library))
        answer, faults, number = self.library(for_library, home)
        if ours[0] == '-':
            fault = int(ours[1])
            if fault in (EMERGENCY, SHORT_CODE) and self.meant_short(for_library, home, fault):
                self.count['emergency' if fault == EMERGENCY else 'short'] += 1
                self.count['emergency, though a number'] += answer is not None
                return None if answer is None or fault == EMERGENCY else answer
            self.count['refused'] += 1
            if answer is None and fault not in faults and self.meant_missing(number, fault):
                self.count['a digit is missing'] += 1
                return None
            return (answer, faults) if answer or fault not in faults else None
        if answer is None or not self.same(ours, answer):
            for name, other in (('french', self.meant_french(for_library, home, number)),
                                ('abroad', answer is None and self.meant_abroad(for_library))):
                if other and self.same(ours, other):
                    self.count[name] += 1
                    answer = other
                    break
            else:
                return answer, faults
        zones = ours[3].split('&')
        if set(zones) - {''} != answer[3]:
            if not self.meant_zones(zones, answer[3], answer[1]):
                return answer
            self.count['zones'] += 1
        self.count['good'] += 1
        return None


def lines(path):
    with open(path, encoding='utf-8', newline='\n') as file:
        return file.read().split('\n')[:-1]


def main():
    if sys.argv[1] == 'corpus':
        corpus = Corpus(int(sys.argv[2]))
        sys.stdout.reconfigure(encoding='utf-8')
        print('\n'.join(corpus.line(turn) for turn in range(int(sys.argv[3]))))
        return 0
    judge, wrong, seen = Judge(), 0, set()
    corpus, answers = lines(sys.argv[2]), lines(sys.argv[3])
    if len(corpus) != len(answers):
        print('%d numbers, and %d answers' % (len(corpus), len(answers)))
        return 1
    for line, answer in zip(corpus, answers):
        home, text = line.split('\t', 1)
        ours = answer.split('\t')
        seen.add(ours[1] if ours[0] != '-' else '')
        expected = judge.judge(text, home, ours)
        if expected is not None:
            wrong += 1
            if wrong <= 40:
                print('%s %r: %s, and not %s' % (home or 'no country', text, ours, expected))
    judge.count['countries'] = len(seen - {''})
    print(json.dumps(dict(sorted(judge.count.items()), numbers=len(corpus), wrong=wrong)))
    return int(wrong > 0)


sys.exit(main())
