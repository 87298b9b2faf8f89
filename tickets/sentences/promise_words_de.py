"""German phrases in which an agent promises something. Notation: tickets.sentences.phrases."""

_I_ACT = (
    "melde|melden|rufe|rufen|schicke|schicken|sende|senden|versende|versenden|verschicke|verschicken|erstatte|"
    "erstatten|überweise|überweisen|schreibe|schreiben|prüfe|prüfen|kläre|klären|gebe|geben|sage|sagen|teile|"
    "teilen|komme|kommen|antworte|antworten|bestätige|bestätigen|korrigiere|korrigieren|repariere|reparieren|"
    "tausche|tauschen|ersetze|ersetzen|liefere|liefern|buche|buchen|storniere|stornieren|kündige|kündigen|hake|"
    "haken|frage|fragen|schaue|schauen|sehe|sehen|kümmere|kümmern|sorge|sorgen|leite|leiten|informiere|"
    "informieren|benachrichtige|benachrichtigen|kontaktiere|kontaktieren|erledige|erledigen|bearbeite|bearbeiten|"
    "veranlasse|veranlassen|eskaliere|eskalieren|verlängere|verlängern|entsperre|entsperren|schalte|schalten|"
    "zahle|zahlen|verspreche|versprechen|garantiere|garantieren|halte|halten|behalte|behalten|regle|regeln|"
    "vermerke|vermerken|nehme|nehmen|reiche|reichen|setze|setzen|stelle|stellen|bringe|bringen|hole|holen|mache|"
    "machen|tue|tun|versuche|versuchen|beauftrage|beauftragen|bestelle|bestellen|behebe|beheben|öffne|öffnen|"
    "schließe|schließen|mailen|maile|habe_es|haben_es|unterrichte|unterrichten|überprüfe|überprüfen|erkundige|"
    "erkundigen|verfolge|verfolgen|ergänze|ergänzen|aktualisiere|aktualisieren|entferne|entfernen|lasse|lassen|"
    "installiere|installieren|besuche|besuchen|vereinbare|vereinbaren|sichere|sichern|gutschreiben|untersuche|untersuchen|bespreche|besprechen|gehe|gehen"
)
_DONE = (
    "verschickt|versendet|gesendet|geschickt|zugeschickt|zugesandt|erstattet|überwiesen|geliefert|repariert|"
    "behoben|gelöst|ersetzt|getauscht|ausgetauscht|gutgeschrieben|bearbeitet|entsperrt|freigeschaltet|storniert|"
    "veranlasst|ausgezahlt|bezahlt|korrigiert|erledigt|abgeholt|installiert|angerufen|benachrichtigt|informiert|"
    "kontaktiert|zurückgerufen|ausgeliefert|geprüft|geklärt|aktualisiert|ausgestellt|zugestellt|verlängert|"
    "gebucht|eingebucht|rückerstattet|zurückerstattet|beantwortet|freigegeben|gelöscht|aktiviert|nachgeliefert|eingespielt|fertig|ankommen|da_sein|eintreffen|auf_ihrem_konto"
)
_INFINITIVE = "*en|*ern|*eln|tun"
_OURS = (
    "kollege|kollegin|team|techniker|technikerin|monteur|buchhaltung|finanzabteilung|support|lager|fahrer|fahrerin|bote|chefin|chef|fachabteilung|"
    "kolleginnen|kollegen|abteilung|kundendienst|außendienst|entwicklung|spezialist|logistik|teamleiter|serviceteam"
)
_THEY_ACT = (
    "ruft|meldet|schickt|sendet|kommt|zahlt|überweist|prüft|antwortet|veröffentlicht|liefert|erstattet|schreibt|"
    "informiert|kontaktiert|bearbeitet|klärt|behebt|repariert|tauscht|holt|installiert|besucht|setzt|bringt|"
    "gibt|versendet|verschickt|kümmert|rufen|melden|schicken|senden|kommen|zahlen|prüfen|bucht|schaltet|wird|werden"
)
_THING = (
    "erstattung|geld|gutschrift|betrag|zahlung|ersatz|ersatzteil|teil|bestellung|paket|lieferung|rechnung|karte|"
    "artikel|stuhl|brief|gutschein|konto|korrektur|etikett|gerät|sendung|ware|auftrag|rückzahlung|termin|antrag|rücksendung|ersatzgerät|ersatzlieferung|vertrag|fehler|problem|überweisung|scheck|upgrade|antwort|reparatur|passwort|unterlagen|post|muster|techniker|monteur|freischaltung|genehmigung|bescheinigung|vorschlag|angebot"
)
# First persons of verbs in the present: "ich schaffe"; "ich sagte" is past but for the verbs above.
_PRESENT = "*be|*ce|*de|*ee|*fe|*ge|*he|*ie|*ke|*le|*me|*ne|*pe|*re|*se|*ue|*ve|*we|*xe|*ße|*ze"
PROMISES = (
    f"ich {_PRESENT}",
    f"{_PRESENT} ich",
    "ihr|ihre|ihren|ihnen|das|der|die .. wird|werden ... weiter*|auf*|ge* $",
    "wird|werden .. ihr|ihre|ihnen|sie ... ge*t|ver*t|be*t|er*t $",
    "ihr|ihre|ihren .. wird|werden ... be*|er*|ver*|ge*|ent*|zu*|aus* $",
    "sie werden .. informiert|benachrichtigt|angerufen|kontaktiert|hören|erhalten|bekommen|beliefert|entschädigt",
    "jemand .. meldet|ruft|kümmert|schreibt|antwortet|kommt",
    "überlassen sie .. mir|uns",
    "ich|wir bin|sind .. dabei|dran",
    "ich mache mich",
    "wir sprechen|machen|erlassen|schaffen|übertragen|reservieren|spendieren|übernehmen|belegen|führen|legen|laden|stellen|räumen|bieten|stocken|treffen",
    "übertragen|reservieren|übernehmen wir",
    "werden uns|wir|ich ... melden",
    f"ich|wir .. {_I_ACT}",
    f"{_I_ACT} ich|wir",
    f"ich|wir werde|werden ... {_INFINITIVE}",
    f"werde|werden ich|wir ... {_INFINITIVE}",
    f"und|dann {_I_ACT} .. mich|uns|ihnen|sie|auf|es|heute|morgen|bis|am|das",
    f"{_OURS} .. {_THEY_ACT}",
    "sie erhalten|bekommen|hören|kriegen",
    "erhalten|bekommen|hören sie",
    f"{_THING} .. wird|werden ... {_DONE}",
    f"wird|werden .. {_THING} ... {_DONE}",
    f"wird|werden .. ihnen|sie ... {_DONE}",
    f"{_THING} .. erreicht|erreichen sie|ihr",
    "komme|kommen auf sie zurück",
    "ist|sind .. erledigt|behoben|gelöst|repariert .. versprochen|$",
    "versprochen $",
    "dafür sorge|sorgen|stehe|garantiere",
    "auf dem laufenden",
    "so schnell|bald wie_möglich|als_möglich",
)
# Only with a date: "Bis Freitag haben Sie eine Antwort".
PROMISES_WITH_DATE = (
    f"{_THING} .. geht|gehen|landet|liegt|kommt|trifft|steht|erscheint|folgt|ist|sind|verlässt|startet|beginnt",
    f"geht|gehen|landet|liegt|kommt|trifft|folgt|erscheint .. {_THING}",
    f"ist|sind|kommt|kommen .. {_OURS}",
    f"{_OURS} .. ist|sind|holt|fährt|schaut|sieht|macht|erledigt|übernimmt",
    "ist|sind .. für ... eingeplant|gebucht|geplant|terminiert|vorgesehen|angesetzt",
    "steht|stehen .. auf .. liste|plan",
    "haben sie|wir|ich .. antwort|geld|ergebnis|bescheid|teil|rückmeldung|das|die|den|behoben|erledigt|eine",
    "sie haben|sollen .. antwort|geld|ergebnis|bescheid|rückmeldung",
    "habe|haben ich|wir .. für_sie|ergebnis*|neuigkeiten|antwort",
    "ergebnis*|antwort habe|haben ich|wir|sie",
    f"{_THING} .. ist|sind|kommt|kommen|geht|liegt .. bei_ihnen|da|raus|auf|an|zu_ihnen|fertig|$",
    f"ist|sind .. {_THING} .. bei_ihnen|da|auf|fertig",
    f"wird|werden .. das|es|dies .. {_DONE}",
    f"das|es|dies wird|werden ... {_DONE}",
)
NOT_PROMISES = (
    "leider",
    "brauche|brauchen|benötige|benötigen ich|wir|ihre|ihren|noch",
    "ich|wir weiß|wissen|wünschte|wünschen|muss|müssen|bitte|bitten|schätze|kenne|meine|finde|nehme_an|rechne|warte|bedaure|entschuldige|arbeite_seit|erwarte|sagte|schrieb|dachte|wollte|wollten|brauche|brauchen|benötige|benötigen|hoffe|hoffen|denke|denken|glaube|fürchte|befürchte|vermute|verstehe|verstehen|freue|freuen|bedauere|bedauern|hätte|hätten|würde|würden|könnte|könnten|sollte|sollten|helfe|helfen|danke|danken|habe|bin|sind|war|waren|konnte|konnten|kann|können",
    "gehe|gehen .. davon aus",
    "könnte|könnten|würde|würden|hätte|hätten|sollte|sollten|dürfte|dürften|möchte|möchten|soll|sollen",
    "scheint|scheinen|offenbar|angeblich",
    "belastet|abgebucht|aufgefordert|gebeten|abgemeldet|berechnet",
    "aufforderung|fehlermeldung|hinweis_dass",
    "ab montag|dienstag|mittwoch|donnerstag|freitag",
    "weiß|wissen|wünschte|freue|freuen|helfe|danke|verstehe|hoffe|fürchte|brauche|benötige|bitte|gehe ich|wir",
    "vielleicht|eventuell|wahrscheinlich|vermutlich|voraussichtlich_nicht|möglicherweise|womöglich|hoffentlich",
    "wie versprochen|vereinbart|besprochen|angekündigt",
    "wie ich|wir .. unten|oben|erkläre|beschreibe",
    "lassen sie|wir",
    "nie|niemals vergessen",
    "bitte .. sie",
    "^ melden|rufen|schreiben|senden|schicken|antworten|löschen|nennen|teilen|geben|prüfen|starten|öffnen|kontaktieren|wenden sie",
    "sie müssen|können|sollten|finden|sehen|brauchen|schrieben|sagten|wollten|haben_bis|dürfen",
    "können|müssen|dürfen sie",
    "haben|hat|habe|hatten|hatte ... geschickt|erstattet|verschickt|versendet|angerufen|veranlasst|geschrieben|geprüft|gesendet|überwiesen|gemeldet|weitergeleitet",
    "wurde|wurden|worden",
    "seit",
    "geschlossen|geöffnet|offen haben|sind|ist",
    "haben .. geschlossen|geöffnet|offen",
    "im urlaub|büro",
    "dauert|kostet|endet|verlängert_sich",
    "wer|was|welche* ruft|wird|macht",
    "kann|können .. nicht",
)
CONDITIONS = (
    "^ wenn|sobald|falls|sofern|sollte|sollten|nachdem|vorausgesetzt|vorbehaltlich|nach|im_falle|bei|solange|unter_der_voraussetzung",
    "wenn|falls|sobald|sofern|nachdem|solange|vorausgesetzt sie|wir|ich|es|das|die|der|ihr|ihre|ein|eine|nichts|er|man|möglich|nötig|gewünscht|dies",
    "nach eingang|erhalt|rückgabe|prüfung|freigabe|zahlungseingang|bestätigung|zustimmung",
    "vorbehaltlich",
    "im falle",
    "auf wunsch",
    "^ bitte? schicken|senden|nennen|teilen|geben|antworten|bestätigen|schreiben|sagen|rufen|füllen|laden sie ... dann|und",
    "^ bei rückgabe|rücksendung|nichtgefallen|defekt|bedarf|fehlern|zustimmung",
    "^ antworten|schicken|senden|nennen|teilen|bestätigen|schreiben|sagen|rufen|füllen|laden|klicken|melden|geben sie !mir_bis|uns_bis ... ich|wir|dann",
    "^ bewegt|ist|kommt|passiert|bleibt|fehlt|klappt|geht|hat|haben|sind|reicht|funktioniert|gefällt|meldet|stimmt|taucht|tritt|treffen|trifft|liegt es|sich|das|die|der|ihr|ihre|nichts|sie|er|noch",
    "nach ihrer|erfolgter|deren|der bestätigung|zustimmung|rückmeldung|zahlung|freigabe|antwort|rücksendung|prüfung",
    "wenn|falls ihnen|sich|dies|mein*|unser*|alles|kein*",
)
