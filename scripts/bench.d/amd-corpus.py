#!/usr/bin/python3
"""amd-corpus FOLDER --seed N --split tune|test [--calls N]: answered calls as the caller hears them, made from a seed.

FOLDER gets NNNN.s16 (8 kHz, mono) and calls.tsv: file, who answers, which kind, when the first sound begins (ms), what it was
made of. Voices: espeak-ng
(French, English, Arabic, Russian, Ukrainian, Spanish, Italian), flite, the prompts of Asterisk, the words of KTuberling. No voice
and no text of one split is in the other. What is assumed of people and machines stands in the constants here: it is what
the figures depend on, and it is not measured on real calls.
"""

import argparse
import hashlib
import math
import pathlib
import random
import subprocess
import sys

import numpy

RATE = 8000
SOUNDS = pathlib.Path("/usr/share/asterisk/sounds")
KTUBERLING = pathlib.Path("/usr/share/ktuberling/sounds")
MUSIC = pathlib.Path("/usr/share/asterisk/moh")
LANGUAGES = {"fr": 8, "en": 5, "ar": 2, "ru": 2, "uk": 2, "es": 1, "it": 1} # how often, of what is synthetic
ESPEAK = {"fr": ["fr", "fr-be", "fr-ch"], "en": ["en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland"], "ar": ["ar"], "ru": ["ru"],
          "uk": ["uk"], "es": ["es", "es-419"], "it": ["it"]}
VARIANTS = {"tune": ["", "+m1", "+m3", "+m5", "+f1", "+f3", "+Andy", "+linda"], "test": ["+m2", "+m4", "+m7", "+f2", "+f4", "+Annie", "+michel", "+steph"]}
FLITE = {"tune": ["rms", "slt"], "test": ["awb", "kal16"]}
PROMPTS = {"tune": ["en_US_f_Allison", "es_MX_f_Allison", "fr_CA_f_June"], "test": ["it_IT_m_Carlo", "it_IT_f_Menardi", "ru_RU_f_IvrvoiceRU", "fr", "es"]}
MUSICS = {"tune": ["macroform", "reno"], "test": ["manolo"]}

# What people say first, "|" between: a word or two; with a name; at work.
HELLO = {
  "fr": "Allô ?|Oui ?|Allô, oui ?|Oui, allô ?|Bonjour.|Oui, bonjour.|Allô, bonjour.|Oui, j'écoute.|Qui est à l'appareil ?|Ouais ?|C'est qui ?|Oui allô, bonjour.",
  "en": "Hello?|Yes?|Hi.|Hello, hello?|Yeah?|Hello, who's this?|Good morning.|Hi there.|Hello, yes?|Who is calling?|Speaking.|Yes, hello?",
  "ar": "ألو؟|نعم؟|السلام عليكم.|ألو نعم؟|مين معي؟|أهلا.", "ru": "Алло?|Да?|Слушаю.|Да, слушаю вас.|Алло, да?|Кто это?",
  "uk": "Алло?|Так?|Слухаю.|Так, слухаю вас.|Алло, хто це?|Слухаю вас.", "es": "¿Diga?|¿Sí?|Dígame.|¿Aló?|¿Bueno?|Hola.", "it": "Pronto?|Sì?|Pronto, chi parla?|Chi è?|Sì, pronto?|Buongiorno."}
NAMED = {
  "fr": "Allô, Julien Martin à l'appareil.|Oui, Sophie Bernard, bonjour.|Madame Petit, je vous écoute.|Oui bonjour, c'est Paul.",
  "en": "Martin Smith speaking.|Hello, this is Karen.|Yes, Peter Jones here.|Good afternoon, Anna speaking.",
  "ar": "ألو، معك أحمد.|نعم، محمد يتكلم.", "ru": "Алло, Иванов слушает.|Да, это Мария.", "uk": "Алло, Петренко слухає.|Так, це Оксана.",
  "es": "Hola, soy Carlos.|Sí, dígame, habla Marta.", "it": "Pronto, sono Marco.|Sì, parla Giulia."}
WORK = {
  "fr": "Société Dupont bonjour, Sophie à votre écoute.|Garage du centre bonjour, que puis-je faire pour vous ?|Cabinet Martin, bonjour.|Pharmacie de la gare, Julie, bonjour.",
  "en": "Good morning, Acme Plumbing, Karen speaking.|Smith and sons, how can I help you?|Reception, good afternoon.|City garage, this is Bob, how may I help?",
  "ar": "صيدلية النور، تفضل.|شركة السلام، كيف أساعدك؟", "ru": "Компания Альфа, здравствуйте.|Регистратура, слушаю вас.", "uk": "Шиномонтаж, добрий день.|Компанія Бета, слухаю вас.",
  "es": "Taller Pérez, buenos días.|Farmacia central, dígame.", "it": "Officina Rossi, buongiorno.|Studio Bianchi, mi dica."}
# Greetings of voicemails, phrases with "/" between; of menus; of those who screen calls.
VOICEMAIL = {
  "fr": "Bonjour,/vous êtes bien sur la messagerie vocale/du zéro six douze trente-quatre cinquante-six soixante-dix-huit./Laissez votre message après le bip sonore.|"
        "Bonjour, vous êtes bien sur le répondeur de Sophie Bernard./Je ne suis pas disponible pour le moment,/laissez-moi un message et je vous rappellerai.|"
        "Salut, c'est Paul,/laissez-moi un message, merci.|Votre correspondant n'est pas disponible,/veuillez laisser un message après le signal sonore.|"
        "Vous êtes en communication avec un répondeur automatique./Parlez après le bip.|Bonjour, la famille Martin est absente./Merci de laisser vos coordonnées,/nous vous rappellerons dès notre retour.",
  "en": "Hi, you've reached Tom Baker./I can't come to the phone right now,/please leave a message after the tone.|The person you are calling is not available./At the tone, please record your message.|"
        "Hello, this is the voicemail of Anna./Leave your name and number/and I will get back to you as soon as possible.|Your call has been forwarded to an automated voice messaging system./Please leave a message.|"
        "Hey, it's Mike, leave a message.|Welcome to voicemail./The subscriber cannot take your call./Please speak after the beep.",
  "ar": "مرحبا، لا أستطيع الرد على الهاتف الآن./اترك رسالة بعد الصافرة.|الرقم الذي طلبته غير متاح حاليا./يرجى ترك رسالة بعد سماع الصافرة.",
  "ru": "Здравствуйте, вы позвонили Ивану./Я не могу сейчас ответить,/оставьте сообщение после сигнала.|Абонент временно недоступен./Оставьте голосовое сообщение после звукового сигнала.",
  "uk": "Вітаю, ви зателефонували Олені./Я не можу зараз відповісти,/залиште повідомлення після сигналу.|Абонент не може прийняти ваш дзвінок./Залиште повідомлення після звукового сигналу.",
  "es": "Hola, ha llamado al buzón de voz de Carlos./Deje su mensaje después de la señal.|El teléfono al que llama está apagado o fuera de cobertura./Deje un mensaje después de la señal.",
  "it": "Ciao, sono Marco, non posso rispondere./Lasciate un messaggio dopo il segnale acustico.|Segreteria telefonica./La persona chiamata non è al momento raggiungibile./Lasciate un messaggio dopo il bip."}
MENU = {
  "fr": "Bonjour et bienvenue chez Orangeade./Pour le service commercial, tapez un./Pour une panne, tapez deux./Sinon, restez en ligne.|"
        "Toutes nos lignes sont occupées,/nous allons prendre votre appel dans quelques instants./Merci de patienter.",
  "en": "Thank you for calling City Bank./For account information, press one./For all other questions, press zero./Please listen carefully, as our options have changed.|"
        "Welcome to the clinic./If this is an emergency, hang up./To make an appointment, press one./All our agents are busy.",
  "ar": "مرحبا بكم في شركة الاتصالات./للمبيعات اضغط واحد./للدعم اضغط اثنين.|جميع الخطوط مشغولة حاليا./يرجى الانتظار.", "ru": "Здравствуйте, вы позвонили в компанию Альфа./Нажмите один для отдела продаж.|Все операторы заняты./Оставайтесь на линии.",
  "uk": "Вітаємо в компанії Бета./Натисніть один для відділу продажу.|Усі оператори зайняті./Залишайтеся на лінії.", "es": "Bienvenido al servicio de atención al cliente./Para ventas, pulse uno.|Todas las líneas están ocupadas./Espere, por favor.",
  "it": "Benvenuto nel servizio clienti./Per informazioni, premere uno.|Tutte le linee sono occupate./Attenda in linea."}
SCREEN = {
  "fr": "Bonjour,/la personne que vous appelez utilise un service de filtrage./Dites votre nom et la raison de votre appel.|Ce numéro n'accepte que les appels identifiés./Veuillez annoncer votre nom après le bip.",
  "en": "Hi,/the person you're calling is using a screening service/and will get a copy of this conversation./Go ahead and say your name and why you're calling.|"
        "If you record your name and reason for calling,/I'll see if this person is available."}
# Phrases of Asterisk's own voicemail and menus, in every folder of prompts; with beeps behind the first.
RECORDED_VM = [["vm-intro"], ["vm-theperson", "digits/4", "digits/2", "digits/7", "vm-isunavail", "vm-intro"], ["vm-theperson", "digits/1", "digits/9", "vm-isonphone", "vm-intro"],
               ["vm-theperson", "digits/5", "digits/3", "vm-isunavail", "vm-leavemsg"]]
RECORDED_MENU = [["demo-congrats"], ["queue-periodic-announce"], ["dir-intro"], ["queue-thankyou", "queue-holdtime"], ["conf-usermenu"], ["privacy-prompt"], ["demo-instruct"], ["vm-options"]]
RECORDED_WORDS = ["hello", "hello-world", "vm-goodbye", "digits/0", "digits/1", "digits/7", "digits/8", "digits/20", "vm-received", "goodbye", "vm-Work", "agent-loginok"]

# Who answers, and in how many of 1,000 calls.
CLASSES = [("human", "", 380), ("machine", "voicemail", 290), ("machine", "ivr", 80), ("machine", "screening", 40), ("fax", "", 50), ("tone", "sit", 40), ("tone", "busy", 20),
           ("tone", "congestion", 20), ("tone", "ringback", 30), ("silence", "", 50)]
NOISES = ["white", "brown", "babble", "car", "hum", "music"]


class Corpus:
  def __init__(self, folder, seed, split):
    self.folder, self.split = folder, split
    self.cache = folder.parent / "clips"
    self.cache.mkdir(parents=True, exist_ok=True)
    self.rng = random.Random(f"{split} {seed}")
    self.noise_rng = numpy.random.default_rng([seed, len(split), ord(split[1])])
    self.words = self.word_files()
    self.music = [self.file(p) for p in sorted(MUSIC.glob("*.wav")) if p.name.startswith(tuple(MUSICS[split]))]
    self.babble = self.make_babble()

  # ---- voices ----

  def word_files(self):
    """Words for a child to find in a picture; each language another speaker."""
    languages = sorted(p.name for p in KTUBERLING.iterdir() if p.is_dir())
    mine = languages[self.split == "test"::2]
    return [p for name in mine for p in sorted((KTUBERLING / name).glob("*")) if p.is_file() and p.stat().st_size > 1000]

  def run(self, key, command, stdin=None):
    """Samples of a sound that a command writes to stdout; kept in the cache."""
    path = self.cache / (hashlib.sha1(repr(key).encode()).hexdigest() + ".s16")
    if not path.exists():
      path.write_bytes(subprocess.run(["sh", "-c", command + " | sox -DV0 -t wav - -r 8000 -t raw -e signed -b 16 -c 1 -", "-", *key], input=stdin, check=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)
    return trimmed(numpy.frombuffer(path.read_bytes(), "<i2").astype(float))

  def file(self, path):
    reads = 'ffmpeg -v error -i "$1" -f wav -' if path.suffix == ".opus" else 'sox -DV0 "$1" -t wav -'
    return self.run([str(path)], reads)

  def espeak(self, voice, speed, pitch, text):
    return self.run([voice, str(speed), str(pitch), text], 'espeak-ng --stdout -v "$1" -s "$2" -p "$3" -- "$4"')

  def flite(self, voice, text):
    return self.run([voice, text], 'flite -voice "$1" -t "$2" -o /dev/stdout')

  def prompts(self, names):
    """Recordings of one speaker, as far as he has them."""
    folder = SOUNDS / self.rng.choice(PROMPTS[self.split])
    paths = [p for name in names for p in (folder / f"{name}.wav", folder / f"{name}.gsm") if p.exists()]
    return [self.file(p) for p in paths if p.stat().st_size > 800]

  def texts(self, table, language):
    return table[language].split("|")[self.split == "test"::2]

  def language(self, table):
    names = [name for name in LANGUAGES if name in table]
    return self.rng.choices(names, [LANGUAGES[n] for n in names])[0]

  def speaker(self, language):
    """A function that speaks."""
    rng = self.rng
    if language == "en" and rng.random() < 0.4:
      voice = rng.choice(FLITE[self.split])
      return lambda text: self.flite(voice, text)
    voice, speed, pitch = rng.choice(ESPEAK[language]) + rng.choice(VARIANTS[self.split]), rng.choice([145, 165, 185]), rng.choice([35, 50, 65])
    return lambda text: self.espeak(voice, speed, pitch, text)

  def spoken(self, table, gaps):
    language = self.language(table)
    speak = self.speaker(language)
    text = self.rng.choice(self.texts(table, language))
    return joined([speak(phrase) for phrase in text.split("/")], gaps), text

  # ---- who answers ----

  def silence(self, low, high):
    return numpy.zeros(int(self.rng.uniform(low, high) * RATE))

  def gap(self):
    """Between the phrases of a greeting."""
    return min(max(self.rng.lognormvariate(math.log(0.32), 0.5), 0.1), 1.1)

  def hello(self):
    rng, kind = self.rng, self.rng.random()
    if kind < 0.60:
      return self.spoken(HELLO, self.gap)
    if kind < 0.72:
      return self.file(rng.choice(self.words)), "word"
    if kind < 0.80:
      names = rng.sample(RECORDED_WORDS, 4)
      sounds = [s for s in self.prompts(names) if s.size < 1.6 * RATE]
      return (sounds[0], "prompt") if sounds else self.spoken(HELLO, self.gap)
    return self.spoken(NAMED if kind < 0.92 else WORK, self.gap)

  def human(self, kind):
    """Lifts, says something, and waits; says it again if nobody speaks, and again."""
    rng = self.rng
    hello, what = self.hello()
    parts = [self.silence(*((0.1, 1.2) if rng.random() < 0.85 else (1.2, 3.0))), hello]
    for chance in (0.8, 0.5):
      if rng.random() < chance:
        parts += [self.silence(1.6, 4.0), hello if rng.random() < 0.7 else self.hello()[0]]
    return numpy.concatenate(parts + [self.silence(3, 4)]), what

  def machine(self, kind):
    rng = self.rng
    if kind == "screening":
      greeting, what = self.spoken(SCREEN, self.gap)
    elif rng.random() < 0.3:
      names = rng.choice(RECORDED_VM if kind == "voicemail" else RECORDED_MENU)
      sounds = self.prompts(names)
      if len(sounds) < len(names):
        return self.machine(kind)
      greeting, what = joined(sounds, self.gap), " ".join(names)
    else:
      greeting, what = self.spoken(VOICEMAIL if kind == "voicemail" else MENU, self.gap)
    parts = [self.silence(*((0.0, 1.0) if rng.random() < 0.85 else (1.0, 2.2))), greeting]
    if kind == "ivr" and rng.random() < 0.3:
      parts.insert(1, faded(self.piece(self.music, int(rng.uniform(1, 3) * RATE)) * rng.uniform(0.4, 0.8)))
      what = "music, " + what
    if kind == "voicemail" and rng.random() < 0.95:
      beep, how = self.beep()
      parts += [self.silence(0.15, 1.5), beep]
      what += f", {how}"
    return numpy.concatenate(parts + [self.silence(2, 4)]), what

  def beep(self):
    rng = self.rng
    kind, hz, ms = rng.choices(["sine", "rich", "twice", "prompt"], [6, 2, 1, 1])[0], rng.choice([440, 620, 800, 850, 950, 1000, 1000, 1050, 1400, 1750, 2000, rng.randint(400, 2100)]), rng.randint(120, 800)
    if kind == "prompt":
      return self.file(SOUNDS / "en_US_f_Allison/beep.wav"), "prompt beep"
    tone = sine(ms, [hz], 9000)
    if kind == "rich":
      tone = tone + sine(ms, [2 * hz], 700) + sine(ms, [3 * hz], 300) * (3 * hz < 3800)
    if kind == "twice":
      tone = numpy.concatenate([tone, self.silence(0.1, 0.25), tone])
    return tone, f"{kind} beep {hz} Hz {ms} ms"

  def fax(self, kind):
    rng = self.rng
    if rng.random() < 0.75:
      tone = sine(rng.randint(2600, 4000), [2100 + rng.uniform(-12, 12)], 9000)
      if rng.random() < 0.5: # V.8: amplitude and phase are modulated
        t = numpy.arange(tone.size) / RATE
        tone = tone * (1 + 0.2 * numpy.sin(2 * math.pi * 15 * t)) * numpy.where((t / 0.45).astype(int) % 2, -1, 1)
      return numpy.concatenate([self.silence(0.2, 1.8), tone, self.silence(0.07, 0.08), self.burst(1.2), self.silence(1, 2)]), "CED"
    cng = numpy.concatenate([sine(500, [1100 + rng.uniform(-35, 35)], 8000), self.silence(3, 3)])
    return numpy.concatenate([self.silence(0.2, 1.8), cng, cng, cng]), "CNG"

  def burst(self, seconds):
    """V.21: 300 bit/s at 1650 and 1850 Hz."""
    bits = numpy.repeat(self.noise_rng.integers(0, 2, int(seconds * 300)), RATE // 300)
    return 8000 * numpy.sin(2 * math.pi * numpy.cumsum(numpy.where(bits, 1650, 1850)) / RATE)

  def tone(self, kind):
    rng, french = self.rng, self.rng.random() < 0.6
    if kind == "sit":
      low = rng.choice([(913.8, 1370.6, 1776.7), (985.2, 1428.5, 1776.7), (950, 1400, 1800)])
      tones = numpy.concatenate([p for hz in low for p in (sine(rng.choice([276, 330, 380]), [hz], 7000), self.silence(0, 0.03))])
      return numpy.concatenate([self.silence(0, 1), tones, self.silence(0.2, 0.8), self.spoken(VOICEMAIL, self.gap)[0], self.silence(1, 2)]), "SIT"
    hz, cadence = {
      "busy": ([440], [500, 500]) if french else ([480, 620], [500, 500]),
      "congestion": ([440], [250, 250]) if french else ([480, 620], [250, 250]),
      "ringback": ([440], [1500, 3500]) if french else rng.choice([([440, 480], [2000, 4000]), ([400, 450], [400, 200, 400, 2000])])}[kind]
    parts = [self.silence(0, 0.8)]
    while sum(p.size for p in parts) < 10 * RATE:
      for i, ms in enumerate(cadence):
        parts.append(sine(ms, hz, 6000) if i % 2 == 0 else numpy.zeros(ms * RATE // 1000))
    return numpy.concatenate(parts), f"{hz} Hz {cadence}"

  def nobody(self, kind):
    """Nothing, or a noise, or something that falls."""
    quiet = numpy.zeros(10 * RATE)
    if self.rng.random() < 0.4:
      for _ in range(self.rng.randint(1, 3)):
        at, n = self.rng.randint(RATE, 8 * RATE), int(self.rng.uniform(0.02, 0.12) * RATE)
        quiet[at:at + n] += self.noise_rng.normal(0, 2500, n) * numpy.exp(-numpy.arange(n) / n * 4)
    return quiet, "nobody"

  # ---- the line ----

  def piece(self, sounds, n):
    """n samples from the middle of one."""
    sound = self.rng.choice(sounds)
    at = self.rng.randint(0, max(sound.size - n, 1))
    return numpy.resize(sound[at:at + n], n)

  def make_babble(self):
    voices = []
    for _ in range(8):
      sounds = [self.file(self.rng.choice(self.words)) for _ in range(40)]
      voice = numpy.concatenate(sounds)
      voices.append(numpy.resize(voice / rms(voice), 30 * RATE))
    return [sum(voices)]

  def noise(self, kind, n):
    rng = self.noise_rng
    if kind == "white":
      return rng.normal(0, 1, n)
    if kind == "hum":
      t = numpy.arange(n) / RATE
      return sum(numpy.sin(2 * math.pi * 50 * k * t + k) / k for k in range(1, 8)) + rng.normal(0, 0.3, n)
    if kind in ("brown", "car"):
      x = rng.normal(0, 1, n)
      spectrum = numpy.fft.rfft(x)
      hz = numpy.fft.rfftfreq(n, 1 / RATE)
      spectrum *= 1 / numpy.maximum(hz, 60) if kind == "brown" else 1 / (1 + (hz / 180) ** 2)
      return numpy.fft.irfft(spectrum, n)
    return self.piece(self.babble if kind == "babble" else self.music, n)

  def line(self, who, x):
    """Level, noise, codec and lost packets. A greeting was recorded in silence more often than people live in it."""
    rng = self.rng
    level = rng.choice([-16, -20, -22, -24, -28, -33])
    x = x * (32768 * 10 ** (level / 20) / max(active_rms(x), 1)) if who != "silence" else x
    snr = rng.choices([60, 25, 18, 10], [40, 30, 20, 10] if who in ("human", "silence") else [60, 22, 13, 5])[0]
    kind = rng.choice(NOISES)
    if snr < 60:
      noise = self.noise(kind, x.size)
      x = x + noise / rms(noise) * 32768 * 10 ** ((level - snr) / 20)
    else:
      x = x + self.noise_rng.normal(0, 4, x.size)
    codec = rng.choices(["alaw", "ulaw", "gsm", "slin"], [5, 3, 2, 1])[0]
    lost = rng.choice([0, 0, 0, 0.01, 0.03])
    x = coded(numpy.clip(numpy.rint(narrow(x)), -32768, 32767), codec)
    x = with_loss(x, lost, rng)
    return x, f"{level} dB, {kind} {snr} dB, {codec}, lost {lost}"

  def make(self, calls):
    """Whole blocks of classes, in proportion, in another order each time."""
    plan = [(who, kind) for who, kind, n in CLASSES for _ in range(round(n * calls / 1000))]
    self.rng.shuffle(plan)
    with open(self.folder / "calls.tsv", "w", encoding="utf-8") as table:
      for i, (who, kind) in enumerate(plan):
        x, what = {"human": self.human, "machine": self.machine, "fax": self.fax, "tone": self.tone, "silence": self.nobody}[who](kind)
        begin_ms = int(numpy.argmax(x != 0)) * 1000 // RATE
        x, how = self.line(who, x[:14 * RATE])
        path = self.folder / f"{i:04}.s16"
        path.write_bytes(x.astype("<i2").tobytes())
        print(path, who, kind, begin_ms, f"{what}; {how}", sep="\t", file=table)
        if sys.stderr.isatty() and i % 20 == 0:
          print(f"\r{i} of {len(plan)} calls", end="", file=sys.stderr)


def rms(x):
  return math.sqrt(float((x ** 2).mean())) or 1.0


def active_rms(x):
  """Of the 20 ms that are not 30 dB below the loudest."""
  power = (x[:x.size // 160 * 160].reshape(-1, 160) ** 2).mean(1)
  return math.sqrt(float(power[power >= power.max() * 1e-3].mean()))


def trimmed(x):
  """From the first to the last 10 ms that are not 40 dB below the loudest."""
  power = (x[:x.size // 80 * 80].reshape(-1, 80) ** 2).mean(1)
  if power.size == 0 or power.max() == 0:
    return x
  loud = numpy.flatnonzero(power > power.max() * 1e-4)
  x = x[loud[0] * 80:(loud[-1] + 1) * 80]
  return x * (3000 / rms(x))


def joined(sounds, gap):
  parts = []
  for sound in sounds:
    parts += [sound, numpy.zeros(int(gap() * RATE))]
  return numpy.concatenate(parts[:-1])


def faded(x):
  n = RATE // 20
  x = x.copy()
  x[:n] *= numpy.linspace(0, 1, n)
  x[-n:] *= numpy.linspace(1, 0, n)
  return x


def sine(ms, hz, amplitude):
  t = numpy.arange(ms * RATE // 1000) / RATE
  edge = numpy.minimum(numpy.minimum(t, t[-1] - t) / 0.004, 1)
  return sum(numpy.sin(2 * math.pi * f * t) for f in hz) * amplitude / len(hz) * edge


def narrow(x):
  """300 to 3400 Hz."""
  spectrum = numpy.fft.rfft(x)
  hz = numpy.fft.rfftfreq(x.size, 1 / RATE)
  spectrum *= numpy.clip((hz - 180) / 120, 0, 1) * numpy.clip((3700 - hz) / 300, 0, 1)
  return numpy.fft.irfft(spectrum, x.size)


def g711(law):
  """All 256 values that the law can say, ascending (ITU-T G.711)."""
  values = []
  for code in range(128):
    exponent, mantissa = code >> 4, code & 15
    if law == "ulaw":
      values.append((((mantissa << 3) + 132) << exponent) - 132)
    else:
      values.append(((mantissa << 4) + 8) if exponent == 0 else ((mantissa << 4) + 264) << (exponent - 1))
  return numpy.array(sorted(set(values + [-v for v in values])), float)


def coded(x, codec):
  if codec in ("alaw", "ulaw"):
    levels = g711(codec)
    return levels[numpy.searchsorted((levels[1:] + levels[:-1]) / 2, x)]
  if codec == "gsm":
    raw = ["-t", "raw", "-r", "8000", "-e", "signed", "-b", "16", "-c", "1"]
    gsm = subprocess.run(["sox", "-DV0", *raw, "-", "-t", "gsm", "-"], input=x.astype("<i2").tobytes(), check=True, stdout=subprocess.PIPE).stdout
    out = subprocess.run(["sox", "-DV0", "-t", "gsm", "-r", "8000", "-c", "1", "-", *raw, "-"], input=gsm, check=True, stdout=subprocess.PIPE).stdout
    return numpy.frombuffer(out, "<i2").astype(float)
  return x


def with_loss(x, share, rng):
  """20 ms that do not come: Asterisk has nothing, or the last ones again."""
  x = x.copy()
  for at in range(160, x.size - 160, 160):
    if rng.random() < share:
      x[at:at + 160] = x[at - 160:at] * 0.6 if rng.random() < 0.5 else 0
  return x


def main():
  p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  p.add_argument("folder", type=pathlib.Path)
  p.add_argument("--seed", type=int, default=2)
  p.add_argument("--split", choices=["tune", "test"], default="test")
  p.add_argument("--calls", type=int, default=1200)
  o = p.parse_args()
  o.folder.mkdir(parents=True, exist_ok=True)
  Corpus(o.folder, o.seed, o.split).make(o.calls)


if __name__ == "__main__":
  main()
