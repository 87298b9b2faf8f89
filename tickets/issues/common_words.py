"""Words so common that they say nothing of what a text is about, in the languages mails come in.

They would weigh as much as others while few tickets are there to count them in.
"""

_LISTS = {
    "en": """a an the and or but if then so of to in on at by for from with without about as is are
        was were be been being am it its this that these those there here i me my mine we us our
        you your he she they them their his her do does did done have has had can could will would
        shall should may might must not no yes what when where who which why how all any some
        more most very just also only please hello hi dear thanks thank regards get got""",
    "de": """ein eine einen einem einer eines der die das den dem des und oder aber wenn dann so
        von zu zum zur im in an am auf bei für mit ohne über als ist sind war waren sein bin es
        dies diese dieser dieses das dass da hier ich mich mir mein meine meinen wir uns unser sie
        ihr ihre ihnen er man habe hat haben hatte kann können könnte wird werden würde soll muss
        nicht kein keine ja nein was wann wo wer wie warum alle auch nur noch schon sehr bitte
        hallo guten tag danke grüße freundlichen nach aus um vor""",
    "fr": """un une le la les des du de et ou mais si alors à au aux dans sur par pour avec sans est
        sont était être ce cet cette ces il elle on je me mon ma mes nous notre vous votre ils leur
        ne pas non oui que qui quoi quand où comment tout plus très aussi merci bonjour ai avez
        en y se""",
    "es": """un una el la los las de del y o pero si entonces a al en por para con sin es son era
        ser este esta estos estas ello yo me mi mis nosotros nuestro usted su sus ellos no sí que
        quien cuando donde como todo más muy también gracias hola he ha han se lo le""",
    "it": """un una il lo la i gli le di del della e o ma se allora a al in su per con senza è sono
        era essere questo questa questi io mi mio mia noi nostro lei suo loro non sì che chi quando
        dove come tutto più molto anche grazie buongiorno ho ha hanno si da""",
    "nl": """een de het en of maar als dan van naar in op aan bij voor met zonder is zijn was waren
        dit dat deze die hier ik mij mijn wij ons onze u uw hij zij hun niet geen ja nee wat wanneer
        waar wie hoe alle ook nog al zeer graag hallo dank heb heeft kan wordt te er""",
}
COMMON_WORDS = {language: frozenset(words.split()) for language, words in _LISTS.items()}
