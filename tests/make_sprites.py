"""Makes the sandbox's sprite pack from two npm packages; run by hand, its results are in the repository.

    npm pack @lobehub/fluent-emoji-3d@1.1.0 emojibase-data@17.0.0
    # unpack each, then
    python -m tests.make_sprites fluent-emoji-3d/package emojibase-data/package pixnb/emoji

It writes `pictures.zip` (the chosen pictures, unchanged) and `names.json` (what each is called and known by).
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

MOST = 3_000_000  # bytes of both files
# Subgroups of Unicode's emoji list that go in whole but for LEFT_OUT; of the others only what WANTED names.
SUBGROUPS = """
person-sport animal-mammal animal-bird animal-amphibian animal-reptile animal-marine animal-bug plant-flower
plant-other food-fruit food-vegetable food-prepared food-asian food-sweet drink place-geographic place-building
place-religious transport-ground transport-water transport-air sport game arts-crafts clothing music
musical-instrument light-video tool science household
"""
WANTED = """
baby; child; boy; girl; person; man; woman; old man; old woman; man: beard; health worker; student; teacher; judge;
farmer; cook; mechanic; office worker; scientist; technologist; singer; artist; pilot; astronaut; firefighter;
police officer; detective; guard; ninja; construction worker; prince; princess; person in tuxedo; person with veil;
woman with headscarf; person wearing turban; pregnant woman; baby angel; cowboy hat face;
barber pole; Santa Claus; superhero; mage; fairy; vampire;
mermaid; elf; genie; zombie; troll; ghost; alien; robot; clown face; ogre; goblin; skull;
smiling face with sunglasses; person walking; woman walking; person running; woman dancing; man dancing;
person standing; person in lotus position; person in bed; person climbing; people holding hands; family; eyes; brain;
tooth; bone; handshake; red heart; red question mark; globe showing Europe-Africa; world map; compass; fountain; tent;
ferris wheel; roller coaster; carousel horse; playground slide; circus tent; luggage; hourglass not done; watch;
alarm clock; mantelpiece clock; thermometer; sun; full moon; crescent moon; ringed planet; star; cloud; tornado;
rainbow; umbrella; high voltage; snowflake; snowman; comet; fire; droplet; water wave; jack-o-lantern; Christmas tree;
firecracker; balloon; party popper; carp streamer; wrapped gift; trophy; sports medal; megaphone; bell; mobile phone;
telephone; laptop; desktop computer; keyboard; optical disk; abacus; open book; books; closed book; scroll; newspaper;
coin; money bag; dollar banknote; envelope; package; postbox; pencil; fountain pen; paintbrush; briefcase; calendar;
chart increasing; paperclip; straight ruler; scissors; wastebasket; locked; key; syringe; pill; stethoscope; coffin;
headstone; moai; fork and knife with plate; kitchen knife; spoon; chopsticks; jar; amphora;
"""
LEFT_OUT = """
guide dog; service dog; ox; ram; lipstick; shamrock; magnet; pig nose; paw prints; hatching chick; front-
facing baby chick; dodo; wing; nest with eggs; wilted flower; white flower; rosette; hyacinth; herb; four leaf clover;
rice cracker; oden; fish cake with swirl; moon cake; tamale; stuffed flatbread; fondue; custard; mate; pouring liquid;
brick; wood; Japanese post office; love hotel; convenience store; department store; kaaba; railway car; bullet train;
light rail; station; tram car; trolleybus; minibus; oncoming bus; oncoming police car; oncoming taxi;
oncoming automobile; motorized wheelchair; bus stop; motorway; railway track; oil drum; vertical traffic light;
ring buoy; motor boat; ship; airplane departure; airplane arrival; seat; suspension railway; aerial tramway; goal net;
flag in hole; curling stone; spade suit; heart suit; diamond suit; club suit; joker; mahjong red dragon;
flower playing cards; slot machine; knot; safety vest; briefs; sari; woman’s clothes; clutch bag; shopping bags;
thong sandal; woman’s sandal; flat shoe; ballet shoes; hair pick; rescue worker’s helmet; prayer beads; musical score;
musical notes; level slider; long drum; camera with flash; videocassette; magnifying glass tilted right; diya lamp;
carpentry saw; clamp; white cane; link; hook; hammer and wrench; hammer and pick; petri dish; razor; safety pin;
lotion bottle; mouse trap; plunger; sponge; roll of paper; cockroach; mosquito; microbe; worm; oncoming fist;
empty nest; national park; derelict house; building construction; desert; ginger root; pea pod; flatbread; olive;
boar; black cat; mouse face; cow face; pig face; rabbit face; horse face; dog face; cat face; tiger face; monkey face;
man golfing; dvd; ice; cricket; bullseye; badger; beans; beverage box; bowl with spoon; camping; canned food; chains;
chestnut; clinking beer mugs; clinking glasses; construction; cut of meat; dango; dragon face; elevator; falafel;
ferry; field hockey; film projector; fortune cookie; fried shrimp; goggles; green apple; house with garden; joystick;
lacrosse; leaf fluttering in wind; mango; melon; metro; monorail; mountain railway; nut and bolt; one-piece swimsuit;
person mountain biking; person playing handball; pick; police car light; post office; purse; rat;
roasted sweet potato; rugby football; running shirt; sake; satellite antenna; sewing needle; shallow pan of food;
shaved ice; shortcake; snow-capped mountain; softball; sport utility vehicle; spouting whale; studio microphone;
takeout box; two-hump camel; water buffalo; water pistol; boomerang; abacus; train; roller skate;
""" + "".join(
    f"{who} {what}; "
    for who in ("man", "woman", "men", "women")
    for what in ("golfing", "surfing", "rowing boat", "swimming", "bouncing ball", "lifting weights", "biking",
                 "mountain biking", "cartwheeling", "wrestling", "playing water polo", "playing handball", "juggling")
)  # fmt: skip


def names(text: str) -> frozenset[str]:
    """Return the names in a list."""
    return frozenset(" ".join(name.split()) for name in text.split(";") if name.strip())


def picture(folder: Path, hexcode: str) -> Path | None:
    """Return the file of an emoji; some names carry the variation selector."""
    code = hexcode.lower()
    spelled = (code, f"{code}-fe0f", code.replace("-200d", "-fe0f-200d", 1))
    return next((path for name in spelled if (path := folder / f"{name}.webp").is_file()), None)


def known_by(emoji: dict, shortcodes: dict[str, str | list[str]]) -> tuple[list[str], list[str]]:
    """Return the short names and the keywords of an emoji, without its name itself."""
    short = shortcodes.get(emoji["hexcode"], [])
    short = [name.replace("_", " ") for name in ([short] if isinstance(short, str) else short)]
    label = emoji["label"].lower()
    return [name for name in short if name != label], [tag.lower() for tag in emoji["tags"] if tag.lower() != label]


def main(pictures: Path, data: Path, out: Path) -> None:
    """Write the pack."""
    emojis = json.loads((data / "en/data.json").read_text())
    short = json.loads((data / "en/shortcodes/emojibase.json").read_text())
    groups = json.loads((data / "meta/groups.json").read_text())["subgroups"]
    whole, wanted, left_out = SUBGROUPS.split(), names(WANTED), names(LEFT_OUT)
    index = []
    with zipfile.ZipFile(out / "pictures.zip", "w", zipfile.ZIP_STORED) as pack:
        for emoji in emojis:
            group, label = groups.get(str(emoji.get("subgroup"))), emoji["label"]
            if label in left_out or not (group in whole or label in wanted):
                continue
            path = picture(pictures / "assets", emoji["hexcode"])
            if path is None:
                print("no picture:", label)
                continue
            pack.writestr(zipfile.ZipInfo(f"{emoji['hexcode'].lower()}.webp"), path.read_bytes())
            name = label.lower().replace("’", "'")
            index.append([emoji["hexcode"].lower(), name, group, *known_by(emoji, short)])
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in index)
    (out / "names.json").write_text(f"[\n{lines}\n]\n")
    missed = wanted - {e["label"] for e in emojis}
    size = sum((out / name).stat().st_size for name in ("pictures.zip", "names.json"))
    print(f"{len(index)} sprites, {size} bytes; not found: {sorted(missed)}")
    if size > MOST:
        raise SystemExit("The pack is too large: leave more out.")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
