"""Parts that names are made of, French and Dutch in parallel. Nothing names anything that exists."""

from __future__ import annotations

from itertools import product

# Syllables of names that nobody bears: some 60,000 of them.
FIRST = (
    "Val Mor Ter Bel Cor Dav Fel Gar Hel Jor Lan Mar Nor Ost Par Quer Ros Sal Tor Vel Wil Zan Bor "
    "Cas Del Fer Gil Har Kal Lor Mel Nes Ort Pel Rem Sil Tas Ver Wan Yel Bri Cla Dra Fro Gri Pra"
).split()
MIDDLE = (
    "a e i o u ando endo anti eri ola ibe ulo ave ino oma ele ari usi eta ono ivo elu anu ico ade"
).split()
LAST = (
    "rin ville dal mont ker gem veld lac bos mar dor sart lis nel quet beek ton val rive nez sel "
    "lot pont dre brun tel moul fin zel ghem court lin mey paul stein deau"
).split()

FORENAMES = (
    "Aline Bruno Carine Denis Elise Fabien Gaelle Hugo Ines Joris Karel Lieve Marc Nadia Olivier "
    "Pauline Quentin Rik Sofie Thomas Ursula Veerle Wout Xavier Yasmina Zoé Amir Bilal Chloé Dirk "
    "Eline Fatima Geert Hanne Ilias Jef Katrien Luc Mieke Noor Omar Piet Roos Stijn Tine Vera"
).split()

SOCIAL_HEADS = (
    ("Les Ateliers", "De Werkplaatsen"), ("La Maison", "Het Huis"), ("Le Centre", "Het Centrum"),
    ("L'Atelier", "Het Atelier"), ("Le Collectif", "Het Collectief"), ("Le Service", "De Dienst"),
    ("La Coopérative", "De Coöperatie"), ("Les Amis", "De Vrienden"), ("L'Espace", "De Ruimte"),
    ("La Ferme", "De Boerderij"), ("Le Relais", "De Schakel"), ("L'Entraide", "De Hulp"),
    ("La Régie", "De Regie"), ("Le Réseau", "Het Netwerk"), ("Le Foyer", "De Haard"),
    ("L'Association", "De Vereniging"), ("La Plateforme", "Het Platform"), ("Le Comité", "Het Comité"),
    ("Le Cercle", "De Kring"), ("La Ressourcerie", "De Kringwinkel"), ("La Fédération", "De Federatie"),
    ("L'Épicerie", "De Kruidenier"), ("Le Jardin", "De Tuin"), ("Le Club", "De Club"),
    ("La Crèche", "De Crèche"), ("L'École", "De School"), ("Le Théâtre", "Het Theater"),
    ("La Mutuelle", "Het Ziekenfonds"), ("Le Fonds", "Het Fonds"), ("La Fondation", "De Stichting"),
)  # fmt: skip
COMPANY_HEADS = (
    ("Boulangerie", "Bakkerij"), ("Menuiserie", "Schrijnwerkerij"), ("Garage", "Garage"),
    ("Toitures", "Dakwerken"), ("Bureau", "Kantoor"), ("Transports", "Transport"),
    ("Immobilière", "Vastgoed"), ("Pharmacie", "Apotheek"), ("Restaurant", "Restaurant"),
    ("Brasserie", "Brasserie"), ("Électricité", "Elektriciteit"), ("Chauffage", "Verwarming"),
    ("Peinture", "Schilderwerken"), ("Jardins", "Tuinen"), ("Conseil", "Advies"),
    ("Gestion", "Beheer"), ("Informatique", "Informatica"), ("Librairie", "Boekhandel"),
    ("Carrosserie", "Carrosserie"), ("Optique", "Optiek"), ("Fiduciaire", "Fiduciaire"),
    ("Holding", "Holding"), ("Construction", "Bouw"), ("Nettoyage", "Schoonmaak"),
    ("Coiffure", "Kapsalon"), ("Fleurs", "Bloemen"), ("Invest", "Invest"), ("Studio", "Studio"),
)  # fmt: skip
QUALITIES = (
    ("solidaire", "solidair"), ("du quartier", "van de buurt"), ("du canal", "van het kanaal"),
    ("de la vallée", "van de vallei"), ("des familles", "van de gezinnen"), ("en chemin", "onderweg"),
    ("de demain", "van morgen"), ("ensemble", "samen"), ("du vieux moulin", "van de oude molen"),
    ("des trois tilleuls", "van de drie linden"), ("de la passerelle", "van de loopbrug"),
    ("pour tous", "voor allen"), ("à cœur", "met hart"), ("de l'étoile", "van de ster"),
    ("des sources", "van de bronnen"), ("de la gare", "aan het station"), ("citoyen", "burger"),
    ("vert", "groen"), ("sans frontières", "zonder grenzen"), ("du plateau", "van het plateau"),
    ("de la fontaine", "van de fontein"), ("des artisans", "van de ambachten"),
    ("des saveurs", "van de smaken"), ("du renouveau", "van de vernieuwing"),
    ("de l'été", "van de zomer"), ("de la clé", "van de sleutel"), ("créatif", "creatief"),
    ("intergénérationnel", "intergenerationeel"), ("du pré", "van de weide"), ("mobile", "mobiel"),
)  # fmt: skip
STREETS = (
    ("Rue", "straat"), ("Avenue", "laan"), ("Chaussée", "steenweg"), ("Place", "plein"),
    ("Rue", "straat"), ("Chemin", "weg"), ("Rue", "straat"), ("Boulevard", "lei"),
)  # fmt: skip
STREET_NAMES = (
    ("du Tilleul", "Linde"), ("du Moulin", "Molen"), ("de la Station", "Statie"), ("du Pont", "Brug"),
    ("de l'Église", "Kerk"), ("des Écoles", "School"), ("du Marché", "Markt"), ("du Canal", "Vaart"),
    ("des Prés", "Weide"), ("du Château", "Kasteel"), ("des Cerisiers", "Kerse"), ("du Lac", "Meer"),
    ("de la Colline", "Heuvel"), ("des Tanneurs", "Huidevetter"), ("du Four", "Oven"),
    ("des Carmes", "Karmel"), ("du Puits", "Put"), ("de la Forêt", "Bos"), ("du Nord", "Noord"),
    ("du Midi", "Zuid"), ("de l'Ouest", "West"), ("des Roses", "Rozen"), ("du Coq", "Haan"),
    ("des Meuniers", "Molenaars"), ("de la Bruyère", "Heide"), ("du Chêne", "Eike"),
    ("de la Croix", "Kruis"), ("du Ruisseau", "Beek"), ("des Champs", "Veld"), ("du Port", "Haven"),
)  # fmt: skip


def invented() -> list[str]:
    """Return the invented proper names, in a fixed order."""
    return sorted({"".join(parts) for parts in product(FIRST, MIDDLE, LAST)})


def french(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    """Return the French side of parallel parts."""
    return [fr for fr, _ in pairs]


def dutch(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    """Return the Dutch side of parallel parts."""
    return [nl for _, nl in pairs]


def of_place(name: str) -> str:
    """Return a place in the French genitive.

    >>> [of_place(one) for one in ("Namur", "Amay", "Le Roeulx", "Les Bons Villers")]
    ['de Namur', "d'Amay", 'du Roeulx', 'des Bons Villers']
    """
    if name.startswith("Le "):
        return "du " + name[3:]
    if name.startswith("Les "):
        return "des " + name[4:]
    return f"d'{name}" if name[0] in "AEÉIOUH" else f"de {name}"
