"""The sentences of corpus.py: `_` is the value, KIND| before it what the bot has asked for; {n4}: four digits that are nobody's,
{w2}: the same, in words where it is spoken. SETS['tune'] is looked at to make redact better, SETS['report'] is not."""

EN_TUNE = {
    'names': (['John', 'Ruth', 'Emily', 'Patrick', 'Mary', 'Ahmed'], ['Smith', 'Cohen', "O'Brien", 'Taylor-Jones', 'Hughes', 'Patel']),
    'streets': ['Baker Street', 'High Street', 'Park Avenue', 'Mill Lane', 'St James Road', 'Queen Victoria Drive'],
    'positive': {
        'NAME': ['My name is _.', "Hi, my name's _ and I am calling about my bill.", 'This is my account, the name is _.',
                 'NAME|_.', "NAME|Yes, it's _.", '_ speaking.', 'I booked it under the name of _ last week.', 'My full name is _, thank you.'],
        'PHONE': ['My number is _.', 'You can call me back on _ after five.', 'PHONE|_', 'My mobile is _, call me.', "It's _, that is my phone.", 'Please ring _ tomorrow.'],
        'EMAIL': ['My email is _.', 'Send it to _ please.', 'EMAIL|_', "It's _, all small letters.", 'You can write to me at my email address _.'],
        'CARD': ['My card number is _.', 'I paid with the card _ yesterday.', 'CARD|_', 'The number is _ and it expires in May.'],
        'IBAN': ['My IBAN is _.', 'Please take it from the account _.', 'IBAN|_', 'The bank account is _, I think.'],
        'ADDRESS': ['I live at _.', 'My address is _.', 'ADDRESS|_', 'Please deliver it to _.', 'The parcel went to _, but I never got it.'],
    },
    'negative': ['It costs {w2} euros and {w2} cents.', 'My order number is {n4}.', 'I ordered it on the {w2} of May.', 'I am calling about my invoice {n6}.',
                 'My name is not on the list.', 'The name is wrong on my bill.', 'I live in London.', 'I am at home until 18:30.', 'I have waited for {w2} minutes.',
                 'The box has three lights and two of them are red.', 'I want to speak to a person.', 'We met on 12/05/2024 at 10:15.', 'It is the model X{n4}.',
                 'NAME|I do not know.', 'NAME|No, I want to talk to somebody.', 'PHONE|I do not have one.', 'I am looking at the price of {n4} dollars.',
                 'This is not working at all.', 'We are at the corner of the road.', 'The tracking number is {n9}.', 'It is one way or the other.', 'Look at the website, it is at the top.',
                 'I need {w2} tyres of size {n3}/{n2} R{n2}.', 'One two three, can you hear me?', 'My customer number is {w4}.', 'CUSTOMER|{w4}'],
}
EN_REPORT = {
    'names': (['Laura', 'Kevin', 'Grace', 'Sanjay', 'Helen', 'Oliver'], ['Brown', 'McDonald', 'Edwards', 'Singh', 'Walker', 'Ellis-Ford']),
    'streets': ['Station Road', 'Oxford Street', 'Elm Close', 'King Edward Avenue', 'Rose Gardens', 'Washington Boulevard'],
    'positive': {
        'NAME': ['Good morning, my name is _, I have a question.', 'NAME|Sure, my name is _.', 'NAME|_, please.', "My name's _ and my box is broken.",
                 'Hello, _ speaking, can you help me?', 'The contract is in the name of _.', 'Mr _ asked me to call.'],
        'PHONE': ['If we get cut off, my phone number is _.', 'PHONE|Yes, _.', 'You can reach me on _.', 'The mobile number is _, thanks.', 'Call my husband, his phone is _.'],
        'EMAIL': ['You can send the invoice to _.', "EMAIL|Sure, it's _.", 'My e-mail address is _ and I check it daily.', 'The email is _.'],
        'CARD': ['I want to pay with _.', 'CARD|Okay, _.', 'It is a visa, the number is _.', 'My credit card is _.'],
        'IBAN': ['The refund goes to _.', 'IBAN|Yes, it is _.', 'My bank account, the IBAN, is _.'],
        'ADDRESS': ['We live at _, on the left.', 'ADDRESS|Yes, _.', 'The new address is _.', 'You sent it to _.', 'I moved to _ in March.'],
    },
    'negative': ['The bill is {n2}.{n2} pounds.', 'I have the ticket {n6} open since Monday.', 'Could you repeat that, please?', 'My name is spelled wrong.', 'I have been a client for {w2} years.',
                 'The delivery was planned for 2025-03-14.', 'It broke after {w2} days.', 'I would like to cancel my order {n5}.', 'There are {w2} people in the office.', 'The line is very bad.',
                 'NAME|What do you need it for?', 'NAME|Just a moment.', 'EMAIL|I never use that.', 'ADDRESS|I want to pick it up.', 'I pressed the button four or five times.',
                 'It is the third street on the right.', 'Please put me through to a technician.', 'The speed is {w2} megabits.', 'I called yesterday at 9:45 and again at 11:20.', 'The serial number is {n8}.',
                 'It was at least {w2} percent more.', 'We have it at home, dot or no dot.', 'PHONE|No, thank you.', 'You are open from 8 to 17, right?'],
}

FR_TUNE = {
    'names': (['Jean', 'Claire', 'Jean-Pierre', 'Nadia', 'Luc', 'Sophie'], ['Dupont', 'Martin', 'Lefèvre', 'Benali', 'de la Tour', 'Moreau']),
    'streets': ['rue de la Paix', 'avenue Victor Hugo', 'boulevard Saint-Michel', 'impasse des Lilas', "allée de l'Église", 'place du Marché'],
    'positive': {
        'NAME': ["Bonjour, je m'appelle _.", "Mon nom c'est _ et j'ai un problème.", 'NAME|_.', "NAME|Oui, c'est _.", 'Je voudrais réserver au nom de _.',
                 "_ à l'appareil.", 'Moi c\'est _, je vous appelle pour ma facture.', 'Mon nom est _, merci.'],
        'PHONE': ['Mon numéro de téléphone est le _.', 'Vous pouvez me rappeler au _.', 'PHONE|_', 'Mon portable, le _, est en panne.', "C'est le _, le soir."],
        'EMAIL': ["Mon adresse mail c'est _.", 'Envoyez-le à _ merci.', 'EMAIL|_', 'Mon mail est _.'],
        'CARD': ['Mon numéro de carte est le _.', 'CARD|_', "J'ai payé avec la carte _ hier.", 'Le numéro est _.'],
        'IBAN': ['Mon IBAN est _.', 'IBAN|_', 'Le compte bancaire est le _.'],
        'ADDRESS': ["J'habite au _.", 'Mon adresse est _.', 'ADDRESS|_', 'Livrez au _.', 'Le colis est parti au _ mais je ne suis plus là.'],
    },
    'negative': ['Ça coûte {w2} euros.', 'Mon numéro de commande est le {n4}.', "J'ai commandé le {w2} mai.", 'La facture {n6} est fausse.', "Je m'appelle pas comme ça.", 'Je suis client depuis {w2} ans.',
                 "J'habite à Lyon.", 'Il est 18h30.', "J'ai attendu {w2} minutes.", 'NAME|Je ne sais pas.', 'NAME|Non, je veux parler à quelqu\'un.', 'PHONE|Je n\'en ai pas.', 'Le modèle X{n4} est en panne.',
                 "C'est un problème de connexion.", 'Bonjour madame, je voudrais un renseignement.', "C'est au coin de la rue.", 'Le point de vente est fermé.', "J'ai un deux trois problèmes.",
                 'Rendez-vous le 12/05/2024 à 10:15.', 'Mon numéro client est le {w4}.', 'CUSTOMER|{w4}', 'Le numéro de suivi est {n9}.', 'Il me faut {w2} pneus.', 'Je suis au bureau.'],
}
FR_REPORT = {
    'names': (['Élodie', 'Karim', 'Marie-Claude', 'Thierry', 'Inès', 'Hugo'], ['Bernard', 'Petit', 'Rousseau', 'Haddad', 'Le Goff', 'Garnier']),
    'streets': ['rue Jean Jaurès', 'avenue de la République', 'chemin du Moulin', 'quai des Fleurs', 'boulevard Pasteur', 'route de Lyon'],
    'positive': {
        'NAME': ["Oui bonjour, je m'appelle _ et j'ai une question.", 'NAME|Alors, _.', 'NAME|Mon nom est _.', 'Le contrat est au nom de _.', "Mon nom c'est _.", "Bonjour, _ à l'appareil.", 'Madame _ voudrait vous parler.'],
        'PHONE': ['Rappelez-moi au _ demain.', 'PHONE|Oui, le _.', 'Le téléphone de mon mari est le _.', 'On peut me joindre au _.', 'Mon numéro, le _, ne marche plus.'],
        'EMAIL': ['Vous pouvez écrire à _.', "EMAIL|C'est _.", 'Mon courriel est _.', "L'adresse mail est _ je crois."],
        'CARD': ['Je paie avec la _.', 'CARD|Alors _.', 'Ma carte bleue est la _.'],
        'IBAN': ['Le remboursement sur _.', 'IBAN|Oui, _.', "Mon RIB, l'IBAN, c'est _."],
        'ADDRESS': ['Nous habitons _.', "ADDRESS|C'est _.", "La nouvelle adresse est _.", 'Vous avez livré au _.', 'Mon domicile, _, est difficile à trouver.'],
    },
    'negative': ['La facture est de {n2},{n2} euros.', 'Le dossier {n6} est ouvert depuis lundi.', 'Vous pouvez répéter ?', 'Mon nom est mal écrit.', 'Je vous appelle pour la deuxième fois.', 'La livraison était prévue le 14.03.2025.',
                 'Ça fait {w2} jours.', 'Je voudrais annuler la commande {n5}.', 'Nous sommes {w2} au bureau.', 'La ligne est très mauvaise.', 'NAME|Pourquoi faire ?', 'NAME|Un instant.', 'EMAIL|Je ne m\'en sers jamais.',
                 'ADDRESS|Je viens le chercher.', "J'ai appuyé quatre ou cinq fois.", "C'est la troisième rue à droite.", 'Passez-moi un technicien.', 'Le débit est de {w2} mégas.', 'Le numéro de série est le {n8}.', 'Merci monsieur, bonne journée.',
                 'Vous êtes ouverts de 8 à 17 heures ?', "C'est au moins {w2} pour cent de plus.", 'PHONE|Non merci.', 'Tout va bien de ce côté.'],
}

AR_TUNE = {
    'names': (['محمد', 'فاطمة', 'أحمد', 'ليلى', 'عبد الله', 'سارة'], ['العلي', 'حسن', 'بن سعيد', 'الحداد', 'منصور', 'إبراهيم']),
    'streets': ['شارع الملك فهد', 'شارع التحرير', 'طريق المطار', 'شارع الحمراء', 'شارع النيل'],
    'positive': {
        'NAME': ['اسمي _.', 'مرحبا، أنا اسمي _ وعندي سؤال.', 'NAME|_.', 'NAME|نعم، اسمي _.', 'معك _ من الرياض.', 'الطلب باسم _.', 'السيد _ موجود؟'],
        'PHONE': ['رقم هاتفي _.', 'اتصل بي على الرقم _.', 'PHONE|_', 'رقمي _ شكرا.', 'جوالي _.'],
        'EMAIL': ['بريدي الإلكتروني _.', 'EMAIL|_', 'إيميلي _ شكرا.', 'الإيميل هو _.'],
        'CARD': ['رقم البطاقة _.', 'CARD|_', 'دفعت بالبطاقة _ أمس.'],
        'IBAN': ['رقم الآيبان _.', 'IBAN|_', 'حسابي البنكي _.'],
        'ADDRESS': ['عنواني _.', 'أسكن في _.', 'ADDRESS|_', 'التوصيل إلى _ من فضلك.', 'العنوان هو _.'],
    },
    'negative': ['السعر {w2} ريال.', 'رقم الطلب {n4}.', 'طلبته يوم {n2} مايو.', 'أريد أن أتحدث مع موظف.', 'اسمي مكتوب خطأ.', 'أسكن في الرياض.', 'انتظرت {w2} دقيقة.', 'NAME|لا أعرف.', 'PHONE|ليس عندي.',
                 'عندي مشكلة في الدواء.', 'متى يصل الطلب؟', 'الموعد 12/05/2024 الساعة 10:15.', 'رقم العميل {w4}.', 'CUSTOMER|{w4}', 'رقم التتبع {n9}.', 'أريد علبتين من الدواء.', 'شكرا يا سيدي.', 'هذا غير صحيح.'],
}
AR_REPORT = {
    'names': (['خالد', 'نور', 'يوسف', 'مريم', 'عبد الرحمن', 'هدى'], ['الشامي', 'سالم', 'بن ناصر', 'القحطاني', 'زيدان', 'عثمان']),
    'streets': ['شارع الجامعة', 'شارع الأمير سلطان', 'طريق الملك عبد العزيز', 'شارع الهرم', 'شارع فلسطين'],
    'positive': {
        'NAME': ['السلام عليكم، اسمي _.', 'NAME|أنا _.', 'NAME|_ من فضلك.', 'الحساب باسم _.', 'معاك _ وعندي مشكلة.', 'أنا اسمي _ وأريد دواء.'],
        'PHONE': ['ممكن تتصل بي على هاتفي _.', 'PHONE|نعم، _.', 'رقم الجوال _.', 'موبايلي _ لو سمحت.'],
        'EMAIL': ['أرسلها إلى بريدي _.', 'EMAIL|نعم _.', 'البريد الإلكتروني هو _.'],
        'CARD': ['بطاقة الائتمان _.', 'CARD|نعم _.', 'أريد الدفع بفيزا رقمها _.'],
        'IBAN': ['الآيبان _.', 'IBAN|نعم _.', 'حولوا المبلغ إلى الحساب البنكي _.'],
        'ADDRESS': ['عنوان التوصيل _.', 'ADDRESS|نعم، _.', 'ساكن في _.', 'أرسلوا الطلب إلى _.'],
    },
    'negative': ['الفاتورة {n2} ريال.', 'التذكرة {n6} مفتوحة من يوم الاثنين.', 'ممكن تعيد من فضلك؟', 'اسمي غير صحيح في الفاتورة.', 'أنا عميل منذ {w2} سنة.', 'كان التوصيل يوم 2025-03-14.', 'أريد إلغاء الطلب {n5}.',
                 'الخط سيء جدا.', 'NAME|لماذا؟', 'NAME|لحظة.', 'EMAIL|لا أستعمله.', 'ADDRESS|سآتي بنفسي.', 'حولني إلى موظف.', 'أريد {w2} حبة.', 'الشارع الثالث على اليمين.', 'السعر أعلى بنسبة {w2} بالمئة.', 'PHONE|لا شكرا.'],
}

RU_TUNE = {
    'names': (['Иван', 'Ольга', 'Сергей', 'Анна', 'Мария', 'Павел'], ['Петров', 'Белова', 'Кузнецов', 'Римский-Корсаков', 'Шевчук', 'Орлова']),
    'streets': ['улица Садовая', 'проспект Мира', 'улица Льва Толстого', 'переулок Лесной', 'бульвар Шевченко', 'ул. Гагарина'],
    'positive': {
        'NAME': ['Меня зовут _.', 'Здравствуйте, моя фамилия _, у меня вопрос.', 'NAME|_.', 'NAME|Да, меня зовут _.', '_ слушает.', 'Заказ оформлен на имя _.', 'Моё имя _, запишите.'],
        'PHONE': ['Мой телефон _.', 'Перезвоните мне на номер _.', 'PHONE|_', 'Мобильный _, звоните.', 'Запишите: _.'],
        'EMAIL': ['Моя почта _.', 'EMAIL|_', 'Пишите на электронную почту _.', 'Адрес почты _, спасибо.'],
        'CARD': ['Номер карты _.', 'CARD|_', 'Я платил картой _ вчера.'],
        'IBAN': ['Мой счёт IBAN _.', 'IBAN|_', 'Расчётный счёт _.'],
        'ADDRESS': ['Мой адрес _.', 'Я живу по адресу _.', 'ADDRESS|_', 'Доставьте на _.', 'Посылка ушла на _ и пропала.'],
    },
    'negative': ['Это стоит {w2} рублей.', 'Номер заказа {n4}.', 'Я заказал {w2} мая.', 'Меня зовут не так.', 'Я живу в Киеве.', 'Я ждал {w2} минут.', 'NAME|Не знаю.', 'NAME|Нет, соедините с оператором.', 'PHONE|У меня нет.',
                 'Мне нужны шины {n3}/{n2} R{n2}.', 'Встреча 12.05.2024 в 10:15.', 'Номер клиента {w4}.', 'CUSTOMER|{w4}', 'Трек {n9} не работает.', 'Это на улице, за углом.', 'Одна точка на карте.', 'Моя собака у дома.', 'Нужно четыре колеса.'],
}
RU_REPORT = {
    'names': (['Дмитрий', 'Наталья', 'Юрий', 'Светлана', 'Кирилл', 'Вера'], ['Соколов', 'Ковалёва', 'Мельник', 'Жуков', 'Лебедева', 'Гончаров']),
    'streets': ['улица Пушкина', 'проспект Победы', 'улица Розы Люксембург', 'шоссе Энтузиастов', 'ул. Чехова', 'набережная Фонтанки'],
    'positive': {
        'NAME': ['Добрый день, меня зовут _, я по поводу шин.', 'NAME|Это _.', 'NAME|_, пожалуйста.', 'Фамилия _.', 'Договор на имя _.', 'Алло, _ слушает.'],
        'PHONE': ['Позвоните мне, пожалуйста, _.', 'PHONE|Да, _.', 'Мой номер телефона _.', 'Контактный телефон _, звонить вечером.'],
        'EMAIL': ['Отправьте на почту _.', 'EMAIL|Да, _.', 'Мой имейл _.'],
        'CARD': ['Оплачу картой _.', 'CARD|Записывайте, _.', 'Номер моей карты _.'],
        'IBAN': ['Верните на счёт в банке _.', 'IBAN|Вот, _.', 'Мой IBAN _.'],
        'ADDRESS': ['Адрес доставки _.', 'ADDRESS|Да, _.', 'Проживаю по адресу _.', 'Привезите на _ после шести.'],
    },
    'negative': ['Счёт на {n2} рублей.', 'Заявка {n6} открыта с понедельника.', 'Повторите, пожалуйста.', 'Имя написано с ошибкой.', 'Я ваш клиент {w2} лет.', 'Доставка была 14.03.2025.', 'Хочу отменить заказ {n5}.', 'Очень плохо слышно.',
                 'NAME|А зачем?', 'NAME|Минутку.', 'EMAIL|Я ей не пользуюсь.', 'ADDRESS|Я сам заберу.', 'Соедините с менеджером.', 'Мне нужно {w2} штук.', 'Третья улица направо.', 'Дороже на {w2} процентов.', 'PHONE|Нет, спасибо.', 'Вы работаете с 8 до 17?'],
}

UK_TUNE = {
    'names': (['Олена', 'Тарас', 'Андрій', 'Марія', 'Богдан', "Дем'ян"], ['Коваль', 'Шевченко', 'Мельник', 'Нечуй-Левицький', 'Бондар', 'Ткачук']),
    'streets': ['вулиця Хрещатик', 'проспект Перемоги', 'вулиця Лесі Українки', 'провулок Зелений', 'бульвар Шевченка', 'вул. Франка'],
    'positive': {
        'NAME': ['Мене звати _.', 'Доброго дня, моє прізвище _, маю питання.', 'NAME|_.', 'NAME|Так, мене звати _.', '_ слухає.', "Замовлення на ім'я _.", "Моє ім'я _, запишіть."],
        'PHONE': ['Мій телефон _.', 'Передзвоніть мені на номер _.', 'PHONE|_', 'Мобільний _, телефонуйте.', 'Запишіть: _.'],
        'EMAIL': ['Моя пошта _.', 'EMAIL|_', 'Пишіть на електронну пошту _.', 'Адреса пошти _, дякую.'],
        'CARD': ['Номер картки _.', 'CARD|_', 'Я платив карткою _ вчора.'],
        'IBAN': ['Мій рахунок IBAN _.', 'IBAN|_', 'Розрахунковий рахунок _.'],
        'ADDRESS': ['Моя адреса _.', 'Я живу за адресою _.', 'ADDRESS|_', 'Доставте на _.', 'Посилка пішла на _ і зникла.'],
    },
    'negative': ['Це коштує {w2} гривень.', 'Номер замовлення {n4}.', 'Я замовив {w2} травня.', 'Мене звати не так.', 'Я живу в Києві.', 'Я чекав {w2} хвилин.', 'NAME|Не знаю.', "NAME|Ні, з'єднайте з оператором.", 'PHONE|У мене немає.',
                 'Мені потрібні шини {n3}/{n2} R{n2}.', 'Зустріч 12.05.2024 о 10:15.', 'Номер клієнта {w4}.', 'CUSTOMER|{w4}', 'Трек {n9} не працює.', 'Це на вулиці, за рогом.', 'Потрібно чотири колеса.', 'Моя собака вдома.'],
}
UK_REPORT = {
    'names': (['Дмитро', 'Наталія', 'Юрій', 'Світлана', 'Остап', 'Соломія'], ['Гончар', 'Ковальчук', 'Лисенко', "Лук'яненко", 'Поліщук', 'Кравець']),
    'streets': ['вулиця Грушевського', 'проспект Свободи', 'вулиця Січових Стрільців', 'вул. Шота Руставелі', 'площа Ринок', 'узвіз Андріївський'],
    'positive': {
        'NAME': ['Добрий день, мене звати _, я щодо шин.', 'NAME|Це _.', 'NAME|_, будь ласка.', 'Прізвище _.', "Договір на ім'я _.", 'Алло, _ слухає.'],
        'PHONE': ['Зателефонуйте мені, будь ласка, _.', 'PHONE|Так, _.', 'Мій номер телефону _.', 'Контактний телефон _, дзвонити ввечері.'],
        'EMAIL': ['Надішліть на пошту _.', 'EMAIL|Так, _.', 'Мій імейл _.'],
        'CARD': ['Оплачу карткою _.', 'CARD|Записуйте, _.', 'Номер моєї картки _.'],
        'IBAN': ['Поверніть на рахунок _.', 'IBAN|Ось, _.', 'Мій IBAN _.'],
        'ADDRESS': ['Адреса доставки _.', 'ADDRESS|Так, _.', 'Мешкаю за адресою _.', 'Привезіть на _ після шостої.'],
    },
    'negative': ['Рахунок на {n2} гривень.', 'Заявка {n6} відкрита з понеділка.', 'Повторіть, будь ласка.', "Ім'я написано з помилкою.", 'Я ваш клієнт {w2} років.', 'Доставка була 14.03.2025.', 'Хочу скасувати замовлення {n5}.', 'Дуже погано чути.',
                 'NAME|А навіщо?', 'NAME|Хвилинку.', 'EMAIL|Я нею не користуюся.', 'ADDRESS|Я сам заберу.', "З'єднайте з менеджером.", 'Мені потрібно {w2} штук.', 'Третя вулиця праворуч.', 'Дорожче на {w2} відсотків.', 'PHONE|Ні, дякую.', 'Ви працюєте з 8 до 17?'],
}

SETS = {
    'tune': {'en': EN_TUNE, 'fr': FR_TUNE, 'ar': AR_TUNE, 'ru': RU_TUNE, 'uk': UK_TUNE},
    'report': {'en': EN_REPORT, 'fr': FR_REPORT, 'ar': AR_REPORT, 'ru': RU_REPORT, 'uk': UK_REPORT},
}
