"""How agents ask for something they may know already, and what it is. Notation: phrases.

The keys are those of facts (customers.models.Fact).
"""

REQUESTS = {
    "en": (
        "could|can|would|will|may you .. send|tell|give|confirm|provide|share|let|forward|attach|supply|check|state|name|resend|upload|email|remind",
        "could|can|may i|we .. have|get|ask|see",
        "please .. send|tell|give|confirm|provide|share|let|forward|attach|supply|state|include|reply_with|upload|email|resend|enter",
        "i|we|i'll|we'll .. need|require|want",
        "i'd|we'd|i_would|we_would like|need to? know|have|see|ask|get",
        "what is|was|are|'s",
        "^ what *",
        "what's|which|when|where|who",
        "do you have|know|remember",
        "let me|us know|have",
        "kindly .. send|provide|share|confirm",
        "^ send|provide|share|attach|tell|give|confirm",
    ),
    "de": (
        "können|könnten|würden|dürfte|dürften sie|ich|wir",
        "bitte .. senden|schicken|nennen|teilen|geben|bestätigen|mitteilen|übermitteln|angeben|anhängen|hochladen|schreiben|sagen|sie",
        "senden|schicken|nennen|teilen|geben|bestätigen|sagen|verraten|übermitteln sie",
        "brauche|brauchen|benötige|benötigen|bräuchte|bräuchten",
        "wie|was lautet|ist|heißt|sind|war",
        "welche*|wann|wo|wie",
        "haben sie .. ihre|ihren|die|den|noch",
        "um|über ihre|die|den angabe|zusendung|mitteilung|nennung",
        "mir fehlt|fehlen",
    ),
}  # fmt: skip
_NUMBER_EN = "number|no|nr|id|code|reference|ref"
NAMES = {
    "order_number": (
        f"order|purchase {_NUMBER_EN}", "number of your|the order|purchase", "which order",
        "bestellnummer|auftragsnummer|order-nummer|ordernummer|bestell-nr|auftrags-nr|bestellnr",
        "nummer ihrer|der bestellung", "nummer ihres|des auftrags", "welche bestellung",
    ),
    "invoice_number": (
        f"invoice|bill {_NUMBER_EN}", "number of|on your|the invoice|bill", "which invoice",
        "rechnungsnummer|rechnungs-nr|rechnungsnr|belegnummer", "nummer ihrer|der rechnung", "welche rechnung",
    ),
    "customer_number": (
        f"customer|client|account|member|membership {_NUMBER_EN}",
        "kundennummer|kunden-nr|kundennr|mitgliedsnummer|kontonummer_bei_uns",
    ),
    "contract_number": (f"contract|policy|agreement {_NUMBER_EN}", "vertragsnummer|versicherungsnummer|policennummer"),
    "booking_number": (
        f"booking|reservation|ticket {_NUMBER_EN}", "buchungsnummer|reservierungsnummer|buchungscode",
    ),
    "tracking_number": (
        f"tracking|shipment|parcel|consignment {_NUMBER_EN}", "sendungsnummer|trackingnummer|paketnummer",
    ),
    "amount": (
        "amount|sum", "how much .. charged|paid|pay|debited|cost|was_it", "price you paid",
        "betrag|summe|höhe_der_zahlung", "wie viel .. bezahlt|abgebucht|gezahlt|berechnet",
    ),
    "address": (
        "postal|delivery|shipping|billing|home|street|current|full|new|mailing address",
        "your|the address", "where do|should we|you .. live|send|deliver", "postcode|zip_code",
        "anschrift|adresse|lieferadresse|postanschrift|rechnungsadresse|wohnadresse|postleitzahl",
    ),
    "phone": (
        "phone|telephone|mobile|cell|contact|callback number", "number .. reach|call you",
        "telefonnummer|handynummer|rückrufnummer|mobilnummer|rufnummer", "nummer .. erreichen|anrufen",
    ),
    "email": ("email|e-mail|mail address", "e-mail-adresse|mailadresse|emailadresse|e-mail_adresse"),
    "screenshot": ("screenshot|screenshots|screen_shot|screen_capture|picture_of_the_screen", "bildschirmfoto|bildschirmfotos|screenshot|screenshots"),
    "photo": ("photo|photos|picture|pictures|image|images", "foto|fotos|bild|bilder|aufnahme"),
    "bank_statement": (
        "bank|account|card statement", "proof of payment", "statement from your bank",
        "kontoauszug|kontoauszüge|zahlungsnachweis|zahlungsbeleg|umsatzanzeige",
    ),
    "receipt": ("receipt|proof_of_purchase|copy_of_the_invoice", "kaufbeleg|quittung|kassenbon|kassenzettel|rechnungskopie"),
    "device": (
        "what|which device|phone|model|computer|laptop|browser|operating_system|os|version",
        "device|model|browser|operating_system you|are|do|name|number|version|type",
        "your device|model|browser|operating_system",
        "welches|welchem|welche|welchen gerät|modell|browser|betriebssystem|version|handy",
        "gerätetyp|modellbezeichnung|modellnummer", "ihr gerät|modell|browser|betriebssystem",
    ),
    "serial_number": (f"serial {_NUMBER_EN}", "imei", "seriennummer|geräte-id|gerätenummer|serien-nr|fabrikationsnummer"),
    "purchase_date": (
        "date of purchase|the_purchase|your_purchase|the_order|your_order", "purchase|order date",
        "when .. buy|bought|purchase|purchased|order|ordered",
        "kaufdatum|bestelldatum", "wann .. gekauft|bestellt|erworben", "datum des kaufs|ihres_kaufs|der_bestellung",
    ),
    "error_message": (
        "error message|code|text", "exact error|message|wording", "which error",
        "fehlermeldung|fehlercode|fehlertext", "welcher|welchen fehler",
    ),
    "meter_reading": ("meter reading|readings", "zählerstand|zählerstände"),
    "date_of_birth": ("date of birth", "birth date", "birthday", "geburtsdatum|geburtstag"),
    "name": ("full|first|last name", "your name", "vollständigen|vollen|ihren namen", "vor-_und_nachname|nachname"),
}  # fmt: skip
