"""The people, animals and things that the sandbox's pictures can draw, each beside the words that name it."""

from __future__ import annotations


def table(**entries: str) -> dict[str, str]:
    """Return word to value, from value to words."""
    return {word: value for value, words in entries.items() for word in words.split()}


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


PEOPLE = table(
    person="person people someone figure hero character human anyone player model instructor trainer coach"
    " worker engineer keeper guard tourist photographer"
    " painter artist writer student teacher",
    man="man guy father gentleman businessman boyfriend husband actor prince salesman pilot pirate captain sailor",
    oldman="oldman grandfather elder grandpa fisherman",
    woman="woman lady girlfriend mother wife actress mermaid fairy angel elf vampire princess businesswoman"
    " heroine blonde brunette nurse",
    oldwoman="oldwoman grandmother grandma",
    boy="boy kid child toddler son baby",
    girl="girl daughter",
    bride="bride", groom="groom bridegroom",
    warrior="warrior viking gladiator barbarian spartan amazon hunter archer",
    knight="knight paladin crusader", samurai="samurai ninja ronin", soldier="soldier officer policeman cop",
    wizard="wizard sorcerer mage merlin druid", witch="witch sorceress", king="king emperor", queen="queen empress",
    monk="monk buddhist yogi", astronaut="astronaut cosmonaut spaceman",
    robot="robot android cyborg mech humanoid droid", chef="chef cook baker",
    dancer="dancer ballerina ballet", musician="musician guitarist guitar band drummer",
    dj="dj deejay turntablist", violinist="violinist violin cellist cello", singer="singer vocalist rapper performer",
    hiker="hiker traveller traveler wanderer explorer backpacker climber",
    detective="detective spy agent gangster", cowboy="cowboy cowgirl gunslinger sheriff",
    farmer="farmer gardener", doctor="doctor scientist", surfer="surfer",
    athlete="athlete runner jogger skater skateboarder boxer footballer swimmer skier",
    ghost="ghost spirit phantom", zombie="zombie undead monster",
)  # fmt: skip
PRONOUNS = table(woman="she her", man="he him his")
ANIMALS = table(
    dog="dog puppy retriever hound corgi husky labrador beagle terrier poodle dalmatian",
    wolf="wolf coyote werewolf", fox="fox", cat="cat kitten kitty tabby", lion="lion lioness", tiger="tiger",
    leopard="leopard panther cheetah jaguar", horse="horse pony stallion mare foal", unicorn="unicorn pegasus",
    zebra="zebra", donkey="donkey mule", deer="deer stag elk reindeer moose antelope gazelle fawn",
    cow="cow bull calf ox", bison="bison buffalo", camel="camel", giraffe="giraffe",
    elephant="elephant mammoth", rhino="rhino rhinoceros hippo", bear="bear", panda="panda", sheep="sheep lamb goat",
    pig="pig boar", rabbit="rabbit bunny hare", squirrel="squirrel chipmunk mouse rat hamster hedgehog",
    bird="bird seagull gull crow raven dove parrot crane goose sparrow pigeon flamingo hummingbird",
    eagle="eagle hawk falcon vulture phoenix", owl="owl", penguin="penguin", swan="swan duck duckling",
    fish="fish salmon koi goldfish clownfish", whale="whale orca", shark="shark dolphin",
    turtle="turtle tortoise", jellyfish="jellyfish octopus squid", butterfly="butterfly moth dragonfly bee",
    dragon="dragon wyvern", dinosaur="dinosaur raptor godzilla",
)  # fmt: skip
THINGS = table(
    car="car taxi truck van jeep bus automobile racecar vehicle sportscar suv cab limousine convertible",
    train="train metro railway tram subway", steamtrain="steamtrain locomotive",
    bicycle="bicycle bike cyclist motorcycle motorbike biker",
    boat="boat sailboat yacht sail sailing raft canoe vessel gondola kayak galleon", ship="ship ferry cruise titanic",
    plane="plane airplane aeroplane jet aircraft airliner", rocket="rocket spaceship spacecraft shuttle starship",
    saucer="saucer ufo alien", balloon="hotair zeppelin airship blimp", toyballoon="balloon",
    tree="tree oak baobab maple", pine="pine fir spruce", palm="palm", cactus="cactus cacti",
    flower="flower daisy bouquet marigold wildflower blossom lily orchid", rose="rose tulip poppy",
    sunflower="sunflower", house="house cottage cabin hut barn home village farmhouse mansion",
    castle="castle palace fortress", lighthouse="lighthouse", temple="temple pagoda shrine", windmill="windmill",
    church="church cathedral chapel", candle="candle candlelight candlelit", piano="piano pianist",
    cup="cup mug coffee tea latte espresso cappuccino", campfire="campfire bonfire fireplace hearth",
)  # fmt: skip
SUBJECTS = {**PEOPLE, **ANIMALS, **THINGS}
IRREGULAR = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "kids": "kid", "geese": "goose",
    "mice": "mouse", "wolves": "wolf", "fishes": "fish", "cacti": "cactus", "oxen": "ox", "calves": "calf",
    "gentlemen": "gentleman", "policemen": "policeman", "crowd": "person", "family": "person", "village": "house",
    "bouquet": "flower", "band": "musician", "audience": "person", "pedestrians": "person", "dancers": "dancer",
}  # fmt: skip
COLLECTIVES = words("caravan herd flock pack field family colony swarm school team crowd couple pair")
INSTRUMENTS = words("violin cello guitar violins guitars")
ANYBODY = words("person man woman boy girl")  # who may also be named by what they do
HERDS = words("herd flock pack swarm school group crowd caravan team field fleet row shoal pod many several some")
NUMBERS = {"two": 2, "pair": 2, "couple": 2, "both": 2, "three": 3, "four": 4, "five": 5, "six": 6, "2": 2, "3": 3,
           "4": 4, "5": 5}  # fmt: skip
SINGLE = words("a an one the single lone this that my her his")
COATS = table(  # the colours that some nouns have without saying so
    yellow="taxi cab bee", white="dove seagull gull daisy lily", black="raven crow panther",
        orange="koi goldfish marigold",
    brown="moose", pink="flamingo blossom", red="poppy",
)  # fmt: skip

HOMES = {  # where a scene plays when the prompt names only who or what is in it
    "warrior": "mountain hills desert", "knight": "hills forest", "samurai": "hills field", "wizard": "forest mountain",
    "witch": "forest", "king": "room", "queen": "room", "robot": "street city", "detective": "street",
    "zombie": "street",
    "ghost": "forest room", "monk": "mountain", "hiker": "mountain hills", "bride": "field beach",
    "groom": "field beach",
    "musician": "stage", "dj": "stage", "singer": "stage", "dancer": "stage", "violinist": "stage", "piano": "stage",
    "chef": "room",
    "surfer": "sea", "cowboy": "desert", "farmer": "field", "soldier": "hills desert", "doctor": "room",
    "boy": "field street", "girl": "field street", "dragon": "mountain", "eagle": "mountain",
    "wolf": "forest snowfield",
    "fox": "forest field", "deer": "forest field", "bear": "forest mountain", "tiger": "jungle", "leopard": "jungle",
    "lion": "desert field", "elephant": "field desert", "giraffe": "field", "zebra": "field", "camel": "desert",
    "panda": "jungle", "cat": "room street field", "squirrel": "forest", "car": "street hills desert",
    "bicycle": "street hills",
    "train": "hills mountain", "steamtrain": "hills mountain", "boat": "sea lake", "ship": "sea", "plane": "sky",
    "balloon": "sky hills", "saucer": "field desert", "rocket": "desert field", "candle": "room", "cup": "room",
    "temple": "hills mountain", "house": "hills field", "castle": "hills mountain", "campfire": "forest",
    "swan": "lake",
    "horse": "field hills", "unicorn": "forest field", "owl": "forest", "penguin": "snowfield", "palm": "beach",
    "flower": "field", "dinosaur": "jungle", "bird": "sky hills sea",
}  # fmt: skip
STAYING = words(
    "house castle lighthouse temple windmill church tree pine palm cactus campfire balloon eagle dragon saucer"
)

__all__ = [
    "ANIMALS",
    "ANYBODY",
    "COATS",
    "COLLECTIVES",
    "HERDS",
    "HOMES",
    "INSTRUMENTS",
    "IRREGULAR",
    "NUMBERS",
    "PEOPLE",
    "PRONOUNS",
    "SINGLE",
    "STAYING",
    "SUBJECTS",
    "THINGS",
    "table",
    "words",
]  # fmt: skip
