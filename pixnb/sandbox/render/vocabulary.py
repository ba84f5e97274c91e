"""The words that the sandbox's pictures know, each beside what it means to a renderer."""

from __future__ import annotations

from pixnb.sandbox.render.palette import NAMED


def _list(words: str) -> list[str]:
    return words.split()


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


COLOURS = frozenset(NAMED)
NEGATIONS = _set("no without remove removing delete erase avoid not never")
BOUNDARIES = _set("and but with then in at on to into from")
CHANGES = _set("change changes turn make replace swap transform convert recolor recolour paint dye from")
TOWARDS = _set("to into with as by becomes")

_PHRASES = {
    "golden hour": "goldenhour", "blue hour": "dusk", "black and white": "blackwhite", "film noir": "noir",
    "black-and-white": "blackwhite", "b&w": "blackwhite", "oil painting": "oil", "water color": "watercolor",
    "water colour": "watercolor", "pixel art": "pixel", "8-bit": "pixel", "8 bit": "pixel", "comic book": "comic",
    "northern lights": "aurora", "pop art": "popart", "pencil drawing": "pencil", "line art": "pencil",
    "super 8": "vintage", "dolly in": "zoomin", "dollies in": "zoomin", "zoom in": "zoomin", "zooms in": "zoomin",
    "zoom out": "zoomout", "zooms out": "zoomout", "dolly out": "zoomout", "pull back": "zoomout",
    "pulls back": "zoomout", "push in": "zoomin", "pushes in": "zoomin", "close up": "closeup",
    "close-up": "closeup", "pan left": "panleft", "pans left": "panleft", "pan right": "panright",
    "pans right": "panright", "tilt up": "tiltup", "tilts up": "tiltup", "time-lapse": "timelapse",
    "sci-fi": "cyberpunk", "hot air balloon": "balloon", "cherry blossoms": "petals",
    "cherry blossom": "petals", "slow motion": "slowly", "dolly left": "panleft", "dolly right": "panright",
    "jib up": "tiltup", "jib down": "tiltdown", "tilt down": "tiltdown", "old film": "vintage",
    "old movie": "vintage", "studio ghibli": "anime", "charcoal drawing": "pencil",
}  # fmt: skip


def joined(text: str) -> str:
    """Return the text with phrases of several words made one word."""
    text = text.replace("_", " ")
    for phrase, word in _PHRASES.items():
        text = text.replace(phrase, word)
    return text


def _table(**entries: str) -> dict[str, str]:
    return {word: value for value, words in entries.items() for word in words.split()}


HOURS = _table(
    dawn="dawn sunrise morning daybreak",
    day="day daytime noon midday daylight sunny sunlit afternoon sunlight",
    golden="goldenhour savanna",
    sunset="sunset evening sundown backlit",
    dusk="dusk twilight",
    night="night midnight nighttime nocturnal moonlit moonlight moon stars starry dark",
)
WEATHER = _table(
    snow="snow snowy snowing snowfall snowflake winter wintry blizzard frozen ice icy christmas arctic",
    rain="rain rainy raining rainfall drizzle downpour wet monsoon",
    storm="storm stormy thunderstorm lightning thunder tempest",
    fog="fog foggy mist misty haze hazy smoke smoky smog",
    leaves="autumn autumnal october leaf",
    wind="wind windy breeze gust",
    petals="petals petal blossom spring sakura",
    embers="fire flame fiery embers ember inferno burning lava volcano volcanic hell explosion spark",
    fireflies="fireflies firefly magical magic enchanted fairy fantasy sparkle glitter",
    dust="dust dusty sandstorm sand",
    confetti="confetti party celebration festival birthday carnival",
    bubbles="underwater bubble",
    clouds="cloud cloudy overcast",
    aurora="aurora",
)
STYLES = _table(
    noir="noir detective",
    mono="blackwhite monochrome grayscale greyscale",
    sepia="sepia daguerreotype western",
    vintage="vintage retro 1970s 70s 1960s 60s nostalgic kodachrome analog polaroid faded",
    vhs="vhs 1980s 80s camcorder vaporwave synthwave",
    glitch="glitch glitchy corrupted",
    cartoon="cartoon cartoonish toon animated pixar",
    comic="comic manga graphic popart",
    anime="anime ghibli",
    watercolour="watercolor watercolour aquarelle",
    sketch="sketch pencil drawn drawing charcoal",
    oil="oil impressionist impressionism brushstrokes monet gogh painterly painting",
    pixel="pixel pixelated minecraft lego voxel",
    neon="cyberpunk neon futuristic tron synth blade",
    dream="dream dreamy ethereal surreal soft heavenly romantic",
    horror="horror scary creepy haunted spooky zombie apocalyptic gothic sinister",
    cinematic="cinematic hollywood blockbuster movie anamorphic",
    vivid="vibrant vivid saturated colorful colourful psychedelic",
    pastel="pastel muted",
    thermal="thermal infrared heatmap",
    matrix="matrix hacker hologram holographic",
    negative="negative inverted xray",
)
PLACES = _table(
    space="space galaxy planet cosmos cosmic nebula astronaut asteroid spaceship orbit mars universe",
    underwater="underwater reef aquarium fish whale shark submarine jellyfish coral seabed",
    room="room kitchen cafe café bar club stage studio office interior indoors candlelight library restaurant piano"
    " concert museum bedroom jazz ceremony wedding",
    beach="beach shore coast seaside island tropical palm surf",
    sea="sea ocean wave sail sailing boat ship lighthouse harbor harbour",
    lake="lake pond river waterfall stream canal",
    city="city cityscape street skyline downtown urban skyscraper building traffic alley tokyo york"
    " metropolis town road rooftop car taxi bus",
    desert="desert dune sahara savanna canyon cactus camel",
    forest="forest wood jungle woodland pine rainforest grove tree",
    mountain="mountain alps peak summit cliff himalaya glacier volcano",
    field="field meadow grass flower garden farm sunflower park prairie wheat lavender"
    " dog horse rabbit bunny sheep cow",
    sky="sky flying airplane plane balloon aerial cloud bird eagle",
    hills="hill countryside valley landscape village castle",
)
PLACE_ORDER = _list("space underwater beach lake city room sea desert forest field mountain hills sky")
SUBJECTS = _table(
    person="person man woman girl boy people warrior dancer musician child she he her his him runner samurai"
    " bride knight wizard king queen astronaut monk farmer chef robot hiker traveller traveler detective soldier"
    " hero figure someone couple singer athlete player skater surfer boxer model wanderer explorer",
    dog="dog puppy retriever wolf fox hound corgi husky coyote",
    cat="cat kitten tiger lion leopard panther cheetah lioness",
    horse="horse unicorn pony deer stallion zebra donkey camel giraffe cow moose",
    rabbit="rabbit bunny hare",
    elephant="elephant mammoth rhino bear hippo buffalo bison",
    bird="bird eagle seagull gull crow raven dove swan parrot owl crane goose flock hawk phoenix dragon",
    fish="fish whale shark dolphin koi salmon",
    jellyfish="jellyfish octopus",
    butterfly="butterfly moth",
    car="car taxi truck van jeep bus automobile racecar vehicle sportscar",
    train="train locomotive tram metro railway",
    boat="boat ship sailboat yacht sail sailing raft canoe vessel",
    plane="plane airplane aeroplane jet aircraft",
    rocket="rocket spaceship spacecraft shuttle",
    balloon="balloon zeppelin airship",
    tree="tree oak baobab",
    palm="palm",
    flower="flower rose tulip sunflower daisy bouquet marigold poppy",
    house="house cottage cabin hut barn home",
    castle="castle palace fortress",
    lighthouse="lighthouse",
    candle="candle candlelight lantern",
    piano="piano pianist",
)
COATS = _table(  # the colours that some nouns have without saying so
    yellow="sunflower taxi",
    white="swan dove seagull gull astronaut bride unicorn sheep daisy",
    black="raven crow panther",
    orange="tiger fox koi marigold",
    grey="wolf shark whale dolphin rhino donkey robot",
    brown="bear camel moose deer buffalo bison",
    tan="lion lioness",
    red="poppy rose",
)
CAMERA = _table(
    zoomin="zoomin closeup closer towards toward approaching",
    zoomout="zoomout reveal wide",
    panleft="panleft",
    panright="panright pan panning pans tracking",
    tiltup="tiltup rising ascending crane",
    tiltdown="tiltdown descending",
    aerial="aerial drone overhead flyover",
    handheld="handheld shaky",
    fast="fast racing speeding timelapse hyperlapse quick rapid running",
    slow="slowly slow gentle gently calm serene",
    portrait="portrait closeup face selfie eyes 85mm bokeh",
)
MOODS = _table(
    bright="happy joyful cheerful bright beautiful serene peaceful calm joy gentle sunny",
    dark="dark dim dimly sad gloomy ominous mysterious eerie lonely melancholy dramatic epic tense angry",
)
TINTED = frozenset({"underwater", "space", "desert", "beach"})  # places that an edit can suggest by colour
NATURAL = _table(
    green="grass tree leaf forest lawn meadow field jungle plant bush foliage hill garden",
    blue="sky sea ocean water lake river jeans denim",
    grey="rabbit bunny rock stone road elephant wolf mouse concrete statue",
    red="apple lips blood tomato strawberry",
    yellow="sun banana lemon taxi blonde sunflower",
    brown="wood bear dirt soil bark leather",
    white="snow cloud paper sheep",
)

__all__ = [
    "BOUNDARIES", "CAMERA", "CHANGES", "COATS", "COLOURS", "HOURS", "MOODS", "NATURAL", "NEGATIONS",
    "PLACES", "PLACE_ORDER", "STYLES", "SUBJECTS", "TINTED", "TOWARDS", "WEATHER", "joined",
]  # fmt: skip
