"""First lines of quoted history as mail programs write them, for tests."""

ATTRIBUTIONS = """\
On Mon, Jan 15, 2024 at 3:07 PM Ana Silva <ana@example.com> wrote:
On 15 Jan 2024, at 15:07, Ana Silva <ana@example.com> wrote:
On Monday, January 15, 2024 at 03:07:22 PM EST, Ana Silva <ana@example.com> wrote:
On 15/01/2024 15:07, Ana Silva wrote:
On Jan 15, 2024 3:07 PM, Ana Silva <ana@example.com> wrote:
Ana Silva <ana@example.com> wrote on 01/15/2024 03:07:22 PM:
---- On Mon, 15 Jan 2024 15:07:22 +0100 Ana Silva <ana@example.com> wrote ----
Am 15.01.2024 um 15:07 schrieb Ana Silva:
Am Mo., 15. Jan. 2024 um 15:07 Uhr schrieb Ana Silva <ana@example.com>:
Am Montag, 15. Januar 2024, 15:07:22 MEZ hat Ana Silva <ana@example.com> Folgendes geschrieben:
Ana Silva <ana@example.com> schrieb am Mo., 15. Jan. 2024, 15:07:
Le lun. 15 janv. 2024 à 15:07, Ana Silva <ana@example.com> a écrit :
Le 15/01/2024 à 15:07, Ana Silva a écrit :
Le lundi 15 janvier 2024 à 15:07:22 UTC+1, Ana Silva <ana@example.com> a écrit :
El lun, 15 ene 2024 a las 15:07, Ana Silva (<ana@example.com>) escribió:
El 15/01/2024 a las 15:07, Ana Silva escribió:
El 15 ene 2024, a las 15:07, Ana Silva <ana@example.com> escribió:
Em seg., 15 de jan. de 2024 às 15:07, Ana Silva <ana@example.com> escreveu:
Em 15/01/2024 15:07, Ana Silva escreveu:
No dia 15/01/2024, às 15:07, Ana Silva <ana@example.com> escreveu:
Il giorno lun 15 gen 2024 alle ore 15:07 Ana Silva <ana@example.com> ha scritto:
Il 15/01/2024 15:07, Ana Silva ha scritto:
Il giorno 15 gen 2024, alle ore 15:07, Ana Silva <ana@example.com> ha scritto:
Op ma 15 jan 2024 om 15:07 schreef Ana Silva <ana@example.com>:
Op 15-01-2024 om 15:07 schreef Ana Silva:
Op 15 jan. 2024, om 15:07 heeft Ana Silva <ana@example.com> het volgende geschreven:
Den mån 15 jan. 2024 kl 15:07 skrev Ana Silva <ana@example.com>:
15 jan. 2024 kl. 15:07 skrev Ana Silva <ana@example.com>:
Den 2024-01-15 kl. 15:07, skrev Ana Silva:
Den man. 15. jan. 2024 kl. 15.07 skrev Ana Silva <ana@example.com>:
Den 15. jan. 2024 kl. 15.07 skrev Ana Silva <ana@example.com>:
man. 15. jan. 2024 kl. 15:07 skrev Ana Silva <ana@example.com>:
15. jan. 2024 kl. 15:07 skrev Ana Silva <ana@example.com>:
ma 15. tammik. 2024 klo 15.07 Ana Silva (ana@example.com) kirjoitti:
Ana Silva <ana@example.com> kirjoitti 15.1.2024 kello 15.07:
15.1.2024 15.07, Ana Silva kirjoitti:
pon., 15 sty 2024 o 15:07 Ana Silva <ana@example.com> napisał(a):
W dniu 15.01.2024 o 15:07, Ana Silva pisze:
Wiadomość napisana przez Ana Silva <ana@example.com> w dniu 15.01.2024, o godz. 15:07:
po 15. 1. 2024 v 15:07 odesílatel Ana Silva <ana@example.com> napsal:
Dne 15. 1. 2024 v 15:07 Ana Silva napsal(a):
15. 1. 2024 v 15:07, Ana Silva <ana@example.com>:
po 15. 1. 2024 o 15:07 Ana Silva <ana@example.com> napísal(a):
пн, 15 янв. 2024 г. в 15:07, Ana Silva <ana@example.com>:
15.01.2024 15:07, Ana Silva пишет:
15 янв. 2024 г., в 15:07, Ana Silva <ana@example.com> написал(а):
Понедельник, 15 января 2024, 15:07 +03:00 от Ana Silva <ana@example.com>:
пн, 15 січ. 2024 р. о 15:07 Ana Silva <ana@example.com> пише:
15.01.2024 15:07, Ana Silva пише:
Ana Silva <ana@example.com>, 15 Oca 2024 Pzt, 15:07 tarihinde şunu yazdı:
15.01.2024 15:07 tarihinde Ana Silva yazdı:
Ana Silva <ana@example.com> şunları yazdı (15 Oca 2024 15:07):
2024年1月15日(月) 15:07 Ana Silva <ana@example.com>:
2024/01/15 15:07、Ana Silva <ana@example.com>のメール:
2024/01/15 15:07に、Ana Silvaさんは書きました:
Ana Silva <ana@example.com> 于2024年1月15日周一 15:07写道：
在 2024年1月15日，下午3:07，Ana Silva <ana@example.com> 写道：
在 2024/1/15 15:07, Ana Silva 写道:
Ana Silva <ana@example.com> 於 2024年1月15日 週一 下午3:07寫道：
2024년 1월 15일 (월) 오후 3:07, Ana Silva <ana@example.com>님이 작성:
2024. 1. 15. 오후 3:07, Ana Silva <ana@example.com> 작성:
בתאריך יום ב׳, 15 בינו׳ 2024 ב-15:07 מאת Ana Silva <ana@example.com>:
ב-15/01/2024, בשעה 15:07, Ana Silva <ana@example.com> כתב/ה:
În lun., 15 ian. 2024 la 15:07, Ana Silva <ana@example.com> a scris:
Pe 15 ian. 2024, la 15:07, Ana Silva <ana@example.com> a scris:
Ana Silva <ana@example.com> ezt írta (időpont: 2024. jan. 15., H, 15:07):
2024. 01. 15. 15:07 keltezéssel, Ana Silva írta:
pon, 15. sij 2024. u 15:07 Ana Silva <ana@example.com> napisao je:
Στις Δευ, 15 Ιαν 2024 στις 3:07 μ.μ., ο/η Ana Silva <ana@example.com> έγραψε:
На пн, 15.01.2024 г. в 15:07 Ana Silva <ana@example.com> написа:
في الاثنين، 15 يناير 2024 في 3:07 م تمت كتابة ما يلي بواسطة Ana Silva <ana@example.com>:
Vào Th 2, 15 thg 1, 2024 vào lúc 15:07 Ana Silva <ana@example.com> đã viết:
Pada Sen, 15 Jan 2024 pukul 15.07 Ana Silva <ana@example.com> menulis:
Kuupäev E, 15. jaanuar 2024 kell 15:07 kirjutas Ana Silva <ana@example.com>:
From Ana Silva <ana@example.com> on 15 January 2024 15:07 wrote:
""".splitlines()

BLOCKS = [
    "From: Ana Silva\nSent: Monday, January 15, 2024 3:07 PM\nTo: help@example.com\nSubject: Chair",
    "Von: Ana Silva\nGesendet: Montag, 15. Januar 2024 15:07\nAn: help@example.com\nBetreff: Stuhl",
    "De : Ana Silva\nEnvoyé : lundi 15 janvier 2024 15:07\nÀ : help@example.com\nObjet : Chaise",
    "De: Ana Silva\nEnviado el: lunes, 15 de enero de 2024\nPara: help@example.com\nAsunto: Silla",
    "De: Ana Silva\nEnviada em: 15/1/2024 15:07\nPara: help@example.com\nAssunto: Cadeira",
    "Da: Ana Silva\nInviato: lunedì 15 gennaio 2024 15:07\nA: help@example.com\nOggetto: Sedia",
    "Van: Ana Silva\nVerzonden: maandag 15 januari 2024\nAan: help@example.com\nOnderwerp: Stoel",
    "Från: Ana Silva\nSkickat: den 15 januari 2024 15:07\nTill: help@example.com\nÄmne: Stol",
    "Fra: Ana Silva\nSendt: 15. januar 2024 15:07\nTil: help@example.com\nEmne: Stol",
    "Lähettäjä: Ana Silva\nLähetetty: 15.1.2024\nVastaanottaja: a@example.com\nAihe: Tuoli",
    "Od: Ana Silva\nWysłano: poniedziałek, 15 stycznia 2024\nDo: help@example.com\nTemat: Krzesło",
    "Od: Ana Silva\nOdesláno: pondělí 15. ledna 2024\nKomu: help@example.com\nPředmět: Židle",
    "От: Ana Silva\nОтправлено: 15 января 2024 г. 15:07\nКому: help@example.com\nТема: Стул",
    "Від: Ana Silva\nНадіслано: 15 січня 2024 р. 15:07\nКому: help@example.com\nТема: Стілець",
    "Kimden: Ana Silva\nGönderildi: 15 Ocak 2024 15:07\nKime: help@example.com\nKonu: Sandalye",
    "差出人: Ana Silva\n送信日時: 2024年1月15日 15:07\n宛先: help@example.com\n件名: 椅子",
    "发件人: Ana Silva\n发送时间: 2024年1月15日 15:07\n收件人: help@example.com\n主题: 椅子",
    "寄件者: Ana Silva\n寄件日期: 2024年1月15日 15:07\n收件者: help@example.com\n主旨: 椅子",
    "보낸 사람: Ana Silva\n보낸 날짜: 2024년 1월 15일\n받는 사람: help@example.com\n제목: 의자",
    "מאת: Ana Silva\nנשלח: יום שני 15 ינואר 2024 15:07\nאל: help@example.com\nנושא: כיסא",
    "Feladó: Ana Silva\nElküldve: 2024. január 15.\nCímzett: help@example.com\nTárgy: Szék",
    "De la: Ana Silva\nTrimis: luni, 15 ianuarie 2024\nCătre: help@example.com\nSubiect: Scaun",
]
