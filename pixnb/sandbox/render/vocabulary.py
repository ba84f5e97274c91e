"""The words that the sandbox's pictures know, each beside what it means to a renderer."""

from __future__ import annotations

from pixnb.sandbox.render.nouns import table
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
    "sci-fi": "cyberpunk", "hot air balloon": "hotair", "cherry blossoms": "petals",
    "cherry blossom": "petals", "slow motion": "slowly", "dolly left": "panleft", "dolly right": "panright",
    "jib up": "tiltup", "jib down": "tiltdown", "tilt down": "tiltdown", "old film": "vintage",
    "old movie": "vintage", "old man": "oldman", "old woman": "oldwoman", "elderly man": "oldman",
    "elderly woman": "oldwoman", "old lady": "oldwoman", "hong kong": "hongkong", "steam train": "steamtrain",
    "steam locomotive": "steamtrain", "steam engine": "steamtrain", "sports car": "sportscar", "on the moon": "lunar",
    "moon surface": "lunar", "surface of the moon": "lunar", "surface of mars": "mars", "polar bear": "white bear",
    "camp fire": "campfire", "orange juice": "juice", "dolly forward": "zoomin", "moves forward": "zoomin",
    "moving forward": "zoomin", "push forward": "zoomin", "dolly back": "zoomout", "pulls out": "zoomout",
    "crane up": "tiltup", "crane down": "tiltdown", "boom up": "tiltup", "full moon": "moon night",
    "light house": "lighthouse", "rain forest": "rainforest", "t-rex": "dinosaur", "palm tree": "palm",
    "pine tree": "pine", "fir tree": "fir",
    "pirate ship": "galleon", "sailing ship": "galleon", "milky way": "starry night", "tall ship": "galleon",
    "sea turtle": "turtle",
    "space ship": "spaceship", "flying saucer": "saucer", "hot-air balloon": "hotair", "ice cream": "icecream",
    "window sill": "windowsill", "new york": "manhattan city", "track shot": "tracking", "fire place": "fireplace",
    "coral reef": "reef", "sunny day": "sunny", "dolly zoom": "zoomin", "studio ghibli": "anime",
    "charcoal drawing": "pencil",
}  # fmt: skip


def joined(text: str) -> str:
    """Return the text with phrases of several words made one word."""
    text = text.replace("_", " ")
    for phrase, word in _PHRASES.items():
        text = text.replace(phrase, word)
    return text


HOURS = table(
    dawn="dawn sunrise morning daybreak",
    day="day daytime noon midday daylight sunny sunlit afternoon sunlight",
    golden="goldenhour savanna",
    sunset="sunset evening sundown backlit",
    dusk="dusk twilight",
    night="night midnight nighttime nocturnal moonlit moonlight moon stars starry dark",
)
WEATHER = table(
    snow="snow snowy snowing snowfall snowflake winter wintry blizzard frozen ice icy christmas arctic penguin",
    rain="rain rainy raining rainfall drizzle downpour wet monsoon",
    storm="storm stormy thunderstorm lightning thunder tempest",
    fog="fog foggy mist misty haze hazy smoke smoky smog",
    leaves="autumn autumnal october leaf",
    wind="wind windy breeze gust",
    petals="petals petal blossom spring sakura",
    embers="fire flame fiery embers ember inferno burning lava volcano volcanic hell explosion spark eruption erupting",
    fireworks="firework fireworks",
    fireflies="fireflies firefly magical magic enchanted fairy fantasy sparkle glitter",
    dust="dust dusty sandstorm sand",
    confetti="confetti party celebration festival birthday carnival",
    bubbles="bubble",
    clouds="cloud cloudy overcast",
    aurora="aurora",
)
STYLES = table(
    noir="noir",
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
PLACES = table(
    space="space galaxy planet cosmos cosmic nebula asteroid spaceship starship universe saturn jupiter",
    moon="lunar moonscape astronaut",
    mars="mars martian",
    underwater="underwater reef aquarium shark submarine jellyfish coral seabed whale turtle fish",
    waterfall="waterfall cascade niagara",
    volcano="volcano volcanic eruption lava magma",
    stage="stage concert theater theatre spotlight opera ballet singer pianist guitarist violinist band piano"
    " club disco nightclub dj deejay rave",
    room="room kitchen cafe café bar studio office interior indoors candlelight library restaurant candlelit"
    " museum bedroom jazz fireplace windowsill window table chef desk dinner coffee tea cup",
    beach="beach shore coast seaside island tropical palm",
    sea="sea ocean wave sail sailing sailboat boat ship lighthouse harbor harbour surf surfer surfing seagull yacht",
    lake="lake pond river stream canal swan duck",
    street="street alley sidewalk shop market downtown neighborhood neighbourhood storefront tokyo paris avenue",
    city="city cityscape skyline urban skyscraper building traffic york metropolis town rooftop manhattan"
    " hongkong dubai",
    snowfield="penguin antarctica tundra arctic ice iceberg",
    desert="desert dune sahara savanna canyon cactus camel oasis egypt",
    jungle="jungle rainforest amazonian bamboo tropics",
    forest="forest wood woodland grove redwood",
    mountain="mountain alps peak summit cliff himalaya glacier everest alpine iceland",
    field="field meadow grass flower garden farm sunflower park prairie wheat lavender tulip daisy rose poppy"
    " dog horse rabbit bunny sheep cow butterfly lawn elephant lion zebra giraffe",
    sky="sky flying airplane plane hotair aerial cloud eagle jet",
    hills="hill countryside valley landscape village castle cottage windmill road highway train",
)
PLACE_ORDER = _list(
    "underwater waterfall volcano mars moon space stage beach lake street city desert jungle forest field sea"
    " mountain room"
    " snowfield hills sky"
)
MOTIONS = table(
    still="standing stands sitting sits waiting looking looks staring watching watches sleeping sleeps"
    " meditating resting"
    " lying gazing posing playing plays reading singing howling perched cooking holding portrait sings howls",
    run="run running runs gallop galloping gallops race racing races sprinting chasing jog jogging fleeing charging"
    " skateboarding playful fast",
    dance="dance dancing dances spinning jumping twirling celebrating ballet cheering",
)
CAMERA = table(
    zoomin="zoomin closeup closer approaching",
    zoomout="zoomout reveal wide",
    panleft="panleft",
    panright="panright pan panning pans sideways",
    follow="tracking follows following tracks",
    orbit="orbit orbits orbiting arc circling circles rotating 360",
    still="static locked tripod",
    tiltup="tiltup ascending",
    tiltdown="tiltdown descending",
    aerial="aerial drone overhead flyover fpv",
    handheld="handheld shaky",
    fast="fast racing speeding timelapse hyperlapse quick rapid",
    slow="slowly slow gentle gently calm serene",
    portrait="portrait closeup face selfie eyes 85mm bokeh",
)
MOODS = table(
    bright="happy joyful cheerful bright beautiful serene peaceful calm joy gentle sunny",
    dark="dark dim dimly sad gloomy ominous mysterious eerie lonely melancholy dramatic epic tense angry",
)
GROUNDS = frozenset(_list("hills mountain field desert forest jungle beach"))  # a colour before them is the land's
TINTED = frozenset(
    {"underwater", "space", "desert", "beach", "moon", "mars", "volcano", "stage"}
)  # places that an edit can suggest by colour
GIANT = frozenset(_list("giant huge massive colossal enormous gigantic towering"))
NATURAL = table(
    green="grass tree leaf forest lawn meadow field jungle plant bush foliage hill garden",
    blue="sky sea ocean water lake river jeans denim",
    grey="rabbit bunny rock stone road elephant wolf mouse concrete statue",
    red="apple lips blood tomato strawberry",
    yellow="sun banana lemon taxi blonde sunflower",
    brown="wood bear dirt soil bark leather",
    white="snow cloud paper sheep",
)

__all__ = [
    "BOUNDARIES", "CAMERA", "CHANGES", "COLOURS", "GIANT", "GROUNDS", "HOURS", "MOODS", "MOTIONS", "NATURAL",
    "NEGATIONS",
    "PLACES", "PLACE_ORDER", "STYLES", "TINTED", "TOWARDS", "WEATHER", "joined",
]  # fmt: skip
