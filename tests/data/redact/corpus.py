#!/usr/bin/env python3
"""corpus.py tune|report [SEED]: sentences of calls in five languages, with what is personal in them marked.

A line: language, form (written, spoken), what was asked before (a kind or -), the text; tabs between. A value stands as
{KIND:value}. What redact was tuned with and what it is reported with share neither sentences nor names nor seed.
Numbers are put into words here, by tables of their own: nothing of lib/text is asked.
"""
import random
import sys

import sentences

EN = 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split()
FR = 'zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf'.split()
AR = 'صفر واحد اثنين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة'.split()
RU = 'ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать'.split()
UK = "нуль один два три чотири п'ять шість сім вісім дев'ять десять одинадцять дванадцять тринадцять чотирнадцять п'ятнадцять шістнадцять сімнадцять вісімнадцять дев'ятнадцять".split()
TENS = {
    'en': ' ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' '),
    'fr': ' dix vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt'.split(' '),
    'ru': ' десять двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто'.split(' '),
    'uk': " десять двадцять тридцять сорок п'ятдесят шістдесят сімдесят вісімдесят дев'яносто".split(' '),
}
HUNDREDS = {
    'ru': ' сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот'.split(' '),
    'uk': " сто двісті триста чотириста п'ятсот шістсот сімсот вісімсот дев'ятсот".split(' '),
}
UNITS = {'en': EN, 'fr': FR, 'ar': AR, 'ru': RU, 'uk': UK}


def below_100(lang, n):
    units = UNITS[lang]
    if n < 20 and lang != 'ar':
        return units[n]
    if lang == 'ar':
        return f'{AR[n // 10]} {AR[n % 10]}' if n > 9 else AR[n]
    tens, unit = divmod(n, 10)
    word = TENS[lang][tens]
    if lang == 'fr':
        if tens in (7, 9):
            return word + (' et ' if tens == 7 and unit == 1 else '-') + FR[10 + unit]
        if unit == 0:
            return word + ('s' if tens == 8 else '')
        return word + (' et un' if unit == 1 and tens < 7 else '-' + FR[unit])
    if unit == 0:
        return word
    return word + ('-' if lang == 'en' else ' ') + units[unit]


def group(lang, digits):
    """A group of digits as one says it: 067, 12, 5."""
    zeros = len(digits) - len(digits.lstrip('0'))
    words = [UNITS[lang][0]] * zeros
    n = int(digits or 0)
    if zeros < len(digits):
        if n >= 100:
            words.append(HUNDREDS[lang][n // 100])
            n %= 100
        if n or len(digits) - zeros < 3:
            words.append(below_100(lang, n)) if n else None
    return ' '.join(words)


def one_by_one(lang, digits, rng):
    words, i = [], 0
    while i < len(digits):
        d = digits[i]
        if lang == 'en' and digits[i:i + 2] == d * 2 and rng.random() < .5:
            words.append(f'double {EN[int(d)]}')
            i += 2
            continue
        words.append('oh' if lang == 'en' and d == '0' and rng.random() < .5 else UNITS[lang][int(d)])
        i += 1
    return ' '.join(words)


def spoken(lang, digits, rng):
    kind = rng.random()
    if lang == 'ar' or (lang == 'en' and kind < .8) or kind < .3:
        return one_by_one(lang, digits, rng)
    if lang in ('ru', 'uk') and len(digits) == 10:
        return ' '.join(group(lang, digits[a:b]) for a, b in ((0, 3), (3, 6), (6, 8), (8, 10)))
    return ' '.join(group(lang, digits[i:i + 2]) for i in range(0, len(digits), 2))


def digits_of(rng, n, first='0123456789'):
    return rng.choice(first) + ''.join(rng.choice('0123456789') for _ in range(n - 1))


def cut(digits, sizes, sign):
    out, at = [], 0
    for n in sizes:
        out.append(digits[at:at + n])
        at += n
    return sign.join(p for p in out if p)


# ---- values ----

def phone(lang, form, rng):
    if lang == 'en':
        kind = rng.randrange(3)
        if kind == 0:  # North America
            n = rng.choice('23456789') + digits_of(rng, 2) + rng.choice('23456789') + digits_of(rng, 6)
            if form == 'spoken':
                return one_by_one(lang, n, rng)
            return rng.choice([f'({n[:3]}) {n[3:6]}-{n[6:]}', f'{n[:3]}-{n[3:6]}-{n[6:]}', f'+1 {n[:3]} {n[3:6]} {n[6:]}'])
        n = '07' + digits_of(rng, 9) if kind == 1 else '020' + digits_of(rng, 8, '378')
        if form == 'spoken':
            return spoken(lang, n, rng) if rng.random() < .8 else 'plus four four ' + one_by_one(lang, n[1:], rng)
        return rng.choice([n, cut(n, (5, 6), ' '), '+44 ' + cut(n[1:], (4, 6), ' '), '0044' + n[1:]])
    if lang == 'fr':
        n = rng.choice(['06', '07', '01', '04']) + digits_of(rng, 8)
        if form == 'spoken':
            return spoken(lang, n, rng)
        return rng.choice([n, cut(n, (2,) * 5, ' '), cut(n, (2,) * 5, '.'), cut(n, (2,) * 5, '-'),
                           '+33 ' + cut(n[1:], (1, 2, 2, 2, 2), ' '), '+33' + n[1:], '00 33 ' + n[1:]])
    if lang == 'ar':
        n = rng.choice(['05', '010', '011', '06'])
        n += digits_of(rng, 10 - len(n) + (n.startswith('01')))
        if form == 'spoken':
            return one_by_one(lang, n, rng)
        east = str.maketrans('0123456789', '٠١٢٣٤٥٦٧٨٩')
        return rng.choice([n, n.translate(east), cut(n, (3, 3, 5), ' '), '+966' + n[1:10]])
    if lang == 'ru':
        n = '9' + digits_of(rng, 9)
        if form == 'spoken':
            parts = [group(lang, n[a:b]) for a, b in ((0, 3), (3, 6), (6, 8), (8, 10))]
            return rng.choice(['восемь ', 'плюс семь ']) + ' '.join(parts)
        return rng.choice(['+7' + n, '8' + n, '8 (' + n[:3] + ') ' + cut(n[3:], (3, 2, 2), '-'), '+7 ' + cut(n, (3, 3, 2, 2), ' ')])
    n = rng.choice(['067', '050', '063', '095', '098']) + digits_of(rng, 7)
    if form == 'spoken':
        return spoken(lang, n, rng)
    return rng.choice([n, '+38' + n, '+38 (' + n[:3] + ') ' + cut(n[3:], (3, 2, 2), '-'), cut(n, (3, 3, 2, 2), ' '), '38' + n])


def luhn(head):
    total = 0
    for i, d in enumerate(reversed(head)):
        d = int(d) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return head + str(-total % 10)


def card(lang, form, rng):
    head = rng.choice(['4', '51', '54', '2221', '6011', '5168', '4149', '37', '2200'])
    n = luhn(head + digits_of(rng, (15 if head == '37' else 16) - 1 - len(head)))
    if form == 'spoken':
        if len(n) % 2:
            return one_by_one(lang, n, rng)
        return spoken(lang, n, rng)
    return rng.choice([n, cut(n, (4, 4, 4, 4), ' '), cut(n, (4, 4, 4, 4), '-')]) if len(n) == 16 else cut(n, (4, 6, 5), ' ')


def iban(lang, form, rng):
    country, body = {
        'en': ('GB', 'NWBK' + digits_of(rng, 14)), 'fr': ('FR', digits_of(rng, 23)), 'ar': ('SA', digits_of(rng, 20)),
        'ru': ('DE', digits_of(rng, 18)), 'uk': ('UA', digits_of(rng, 25))}[lang]
    if lang == 'en' and form == 'spoken':
        country, body = 'DE', digits_of(rng, 18)
    number = ''.join(str(int(c, 36)) for c in body + country + '00')
    whole = country + f'{98 - int(number) % 97:02d}' + body
    if form == 'written':
        return rng.choice([whole, cut(whole, (4,) * 9, ' ')])
    letters = {'ar': {'SA': 'اس ايه'}, 'ru': {'DE': rng.choice(['D E', 'ди и'])}, 'uk': {'UA': rng.choice(['U A', 'ю ей'])}}
    start = letters.get(lang, {}).get(country, ' '.join(country))
    if start == 'ди и':
        start = 'D E'
    rest = whole[2:]
    if rng.random() < .5 and lang != 'ar':
        return start + ' ' + ' '.join(group(lang, rest[i:i + 2]) for i in range(0, len(rest), 2))
    return start + ' ' + one_by_one(lang, rest, rng)


MAIL = {
    'en': ([('gmail', 'com'), ('outlook', 'com'), ('yahoo', 'co.uk'), ('company', 'org')], ' at ', ' dot ', ' underscore ', ' dash '),
    'fr': ([('gmail', 'com'), ('orange', 'fr'), ('laposte', 'net'), ('wanadoo', 'fr')], ' arobase ', ' point ', ' tiret bas ', ' tiret '),
    'ar': ([('جيميل', 'كوم'), ('هوتميل', 'كوم'), ('ياهو', 'كوم')], ' آت ', ' دوت ', ' أندرسكور ', ' شرطة '),
    'ru': ([('джимейл', 'ком'), ('яндекс', 'ру'), ('мейл', 'ру')], ' собака ', ' точка ', ' нижнее подчёркивание ', ' тире '),
    'uk': ([('джимейл', 'ком'), ('укр', 'нет'), ('мейл', 'ру')], ' собака ', ' крапка ', ' нижнє підкреслення ', ' дефіс '),
}
LATIN = {'en': ['jane', 'doe', 'mark', 'hill'], 'fr': ['jean', 'dupont', 'claire', 'morel'], 'ar': ['ahmed', 'salem', 'mona', 'hadi'],
         'ru': ['ivan', 'petrov', 'olga', 'belova'], 'uk': ['taras', 'koval', 'olena', 'shvets']}


def email(lang, form, rng, names):
    domains, at, dot, under, dash = MAIL[lang]
    if form == 'written':
        first, last = rng.sample(LATIN[lang], 2)
        return rng.choice([first + '.' + last, first + last, first[0] + '_' + last, first + str(rng.randrange(10, 99))]) + '@' + rng.choice(
            ['gmail.com', 'mail.ru', 'example.org', 'orange.fr', 'ukr.net', 'mail.company.co.uk'])
    first, last = (n.lower().split()[0] for n in (rng.choice(names[0]), rng.choice(names[1])))
    local = rng.choice([first + dot + last, first + under + last, last, first + dash + last, first + ' ' + below_100(lang, rng.randrange(10, 99))])
    domain, end = rng.choice(domains)
    return local + at + domain + dot + end.replace('.', dot)


def name(lang, form, rng, names):
    first, last = rng.choice(names[0]), rng.choice(names[1])
    if lang in ('ru', 'uk') and rng.random() < .3:
        whole = f'{last} {first}'
    else:
        whole = rng.choice([f'{first} {last}', f'{first} {last}', first])
    return whole.lower() if form == 'spoken' else whole


def address(lang, form, rng, streets):
    street, n, flat = rng.choice(streets), rng.randrange(2, 99), rng.randrange(2, 80)
    said = (lambda v: below_100(lang, v)) if form == 'spoken' and lang != 'ar' else str
    if lang == 'en':
        whole = f'{said(n)} {street}' + rng.choice(['', f', apartment {said(flat)}', ', flat b' if form == 'spoken' else f', flat {flat}'])
    elif lang == 'fr':
        whole = f'{said(n)}{rng.choice(["", " bis"])} {street}' + rng.choice(['', f', appartement {said(flat)}'])
    elif lang == 'ar':
        whole = f'{street} رقم {n}' + rng.choice(['', f' شقة {flat}', f'، الطابق {flat % 9 + 1}'])
    else:
        house, room = ('дом', 'квартира') if lang == 'ru' else ('будинок', 'квартира')
        whole = rng.choice([f'{street}, {house} {said(n)}', f'{street} {said(n)}']) + rng.choice(['', f', {room} {said(flat)}'])
    return whole.replace(',', '').lower() if form == 'spoken' else whole


def fill(kind, lang, form, rng, words):
    if kind == 'PHONE':
        return phone(lang, form, rng)
    if kind == 'CARD':
        return card(lang, form, rng)
    if kind == 'IBAN':
        return iban(lang, form, rng)
    if kind == 'EMAIL':
        return email(lang, form, rng, words['names'])
    if kind == 'NAME':
        return name(lang, form, rng, words['names'])
    return address(lang, form, rng, words['streets'])


def negative(text, lang, form, rng):
    """Numbers that are nobody's: {n3}: three digits; {w2}: two digits, in words if it is spoken."""
    while '{' in text:
        at = text.index('{')
        kind, size = text[at + 1], int(text[at + 2])
        digits = digits_of(rng, size, '123456789')
        if kind == 'w' and form == 'spoken':
            digits = one_by_one(lang, digits, rng) if size > 2 else below_100(lang, int(digits))
        text = text[:at] + digits + text[at + 4:]
    return text


def plain(text):
    for sign in ',.?!;:«»"':
        text = text.replace(sign, '')
    return text.lower()


def main():
    which = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else {'tune': 1, 'report': 20261125}[which]
    for lang in ('en', 'fr', 'ar', 'ru', 'uk'):
        words = sentences.SETS[which][lang]
        for form in ('written', 'spoken'):
            for kind, templates in words['positive'].items():
                rng = random.Random(f'{seed} {lang} {form} {kind}')
                for i in range(60):
                    template = templates[i % len(templates)]
                    asked, _, template = template.rpartition('|')
                    if form == 'spoken':
                        template = plain(template)
                    value = fill(kind, lang, form, rng, words)
                    print(lang, form, asked or '-', template.replace('_', '{' + kind + ':' + value + '}'), sep='\t')
            rng = random.Random(f'{seed} {lang} {form} -')
            for i in range(120):
                template = words['negative'][i % len(words['negative'])]
                asked, _, template = template.rpartition('|')
                text = negative(template, lang, form, rng)
                print(lang, form, asked or '-', plain(text) if form == 'spoken' else text, sep='\t')


if __name__ == '__main__':
    main()
