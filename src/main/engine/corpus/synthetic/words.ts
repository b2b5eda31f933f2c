/** The closed lists that synthetic facts draw their values from, by language. */

const list = (text: string): readonly string[] => text.replaceAll(/\s+/g, ' ').trim().split(/,\s*/)

/** First names, shared by people who are values and people who are entities. */
export const firstNames =
  list(`Ada, Alma, Anton, Arno, Bela, Berta, Bruno, Cara, Carl, Clara, Dario, Dora, Edgar, Elena,
  Elsa, Emil, Erik, Esther, Felix, Flora, Frida, Georg, Greta, Hanna, Hector, Helga, Hugo, Ida, Igor, Ines, Iris, Ivan,
  Jana, Joel, Jonas, Julia, Karin, Klara, Lars, Leon, Lena, Livia, Lucas, Mara, Marco, Marta, Milan, Mina, Nadia, Nils,
  Nora, Olga, Oscar, Oda, Paul, Petra, Ralf, Rosa, Simon, Sofia, Tessa, Tom, Vera, Viktor, Walter, Yara`)

/** Last names of people who are values; no biography's subject bears one. */
export const lastNames = list(`Abbott, Archer, Bailey, Barker, Becker, Bishop, Bowman, Brandt, Carter, Castle, Chandler,
  Cooper, Crane, Dalton, Dawson, Decker, Draper, Falk, Farmer, Fisher, Fletcher, Foster, Fuller, Gardner, Glover, Hale,
  Harper, Hunter, Kane, Keller, Lang, Larson, Marsh, Mason, Mercer, Miller, Norton, Palmer, Parker, Porter, Potter, Quinn,
  Rinn, Sawyer, Shaw, Slater, Stone, Swift, Tanner, Thatcher, Turner, Tyler, Vance, Wagner, Walsh, Weaver, Webb, Winter,
  Wolfe, Wright`)

const surnamesZh = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗']
const givenZh = [...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚']

/** Whole Chinese names of two characters. */
export const namesZh: readonly string[] = surnamesZh.flatMap((surname) => givenZh.map((given) => surname + given))

export const en = {
  rivers: list(`Alder, Amber, Ash, Barrow, Birch, Blythe, Brane, Calder, Cole, Corran, Dell, Derrow, Dunmore, Elm, Esk,
    Fallow, Fenn, Garrow, Glass, Hallow, Heron, Isen, Kell, Larch, Lorne, Marl, Merrow, Moss, Nettle, Orrin, Otter, Pell,
    Quill, Raven, Rowan, Sable, Severn, Tarn, Thistle, Tolland, Umber, Vale, Wend, Willow, Yarrow, Yew`),
  crops:
    list(`almonds, apples, apricots, barley, beans, cabbage, carrots, cherries, chestnuts, cotton, dates, figs, flax,
    garlic, ginger, grapes, hazelnuts, hops, lemons, lentils, maize, melons, millet, mint, mustard, oats, olives, onions,
    oranges, peaches, pears, peas, pepper, plums, potatoes, pumpkins, quinces, rice, rye, saffron, sesame, spinach, tea,
    tobacco, tomatoes, turnips, walnuts, wheat`),
  colours:
    list(`amber, azure, beige, black, blue, bronze, brown, copper, coral, cream, crimson, cyan, emerald, gold, green,
    grey, indigo, ivory, jade, lavender, lemon, lilac, magenta, maroon, ochre, olive, orange, peach, pearl, pink, plum,
    purple, red, rose, ruby, rust, sapphire, scarlet, silver, tan, teal, turquoise, violet, white, yellow`),
  minerals: list(`agate, barite, basalt, bauxite, beryl, borax, calcite, chalk, chromite, cinnabar, clay, cobaltite,
    corundum, cuprite, diamond, dolomite, feldspar, flint, fluorite, galena, garnet, graphite, gypsum, halite, hematite,
    jasper, kaolin, limestone, limonite, magnetite, malachite, marble, mica, obsidian, olivine, opal, pyrite, quartz, rutile,
    saltpetre, serpentine, slate, sulphur, talc, topaz, tourmaline, zircon`),
  tools:
    list(`anchors, anvils, axles, bells, bolts, boilers, bridges, buckets, cables, chains, clocks, coins, compasses,
    cranes, drills, engines, fences, gears, girders, hammers, helmets, hinges, hooks, keys, kettles, knives, ladders, lamps,
    lenses, locks, mirrors, nails, needles, pipes, ploughs, propellers, pumps, rails, razors, rings, rivets, saws, scissors,
    screws, shields, springs, stoves, turbines, valves, wheels, wires`),
  towns:
    list(`Ashford, Barnwell, Beckton, Bridgewell, Brookham, Carrick, Clayton, Coldwater, Corby, Dalmouth, Deerfield,
    Dunford, Eastwick, Elmsworth, Fairlea, Farnham, Foxley, Glenmoor, Goldcrest, Greyport, Hartwell, Hollin, Kelso, Kingsey,
    Langford, Linwood, Longmere, Marlow, Millbrook, Newbury, Northam, Oakley, Pinewood, Ravenhill, Redcliff, Ridgeway,
    Rosedale, Saltburn, Seaton, Selby, Stanmore, Stonehaven, Thornton, Wakefield, Westbrook, Whitby, Winslow, Woodstock`),
  instruments:
    list(`accordion, bagpipes, banjo, bassoon, bugle, cello, cittern, clarinet, cornet, cymbals, dulcimer, drum,
    fiddle, flute, glockenspiel, gong, guitar, harmonica, harp, harpsichord, horn, lute, lyre, mandolin, marimba, oboe, organ,
    piano, piccolo, recorder, saxophone, sitar, spinet, tambourine, triangle, trombone, trumpet, tuba, ukulele, viola, violin,
    whistle, xylophone, zither`),
  trades:
    list(`actor, architect, baker, banker, barber, blacksmith, botanist, brewer, butcher, carpenter, chemist, cook,
    dancer, dentist, diver, doctor, engineer, farmer, gardener, geologist, glazier, historian, jeweller, joiner, journalist,
    judge, lawyer, librarian, mason, miner, nurse, painter, pilot, plumber, poet, potter, printer, sailor, sculptor, singer,
    soldier, surgeon, surveyor, tailor, teacher, translator, weaver, writer`),
  dishes:
    list(`bean stew, beef pie, beetroot soup, bread pudding, buttered toast, carrot cake, cheese dumplings, chicken
    soup, corn bread, crab salad, duck pie, egg noodles, fish curry, fried rice, fruit tart, garlic bread, goat cheese, grilled
    trout, ham omelette, honey cake, lamb stew, leek soup, lemon tart, lentil soup, mushroom pie, mutton broth, nut cake, oat
    porridge, onion soup, pea soup, pickled herring, plum cake, potato salad, pumpkin soup, rice pudding, roast chicken,
    smoked eel, spiced apples, stuffed peppers, tomato soup`),
  venues: list(`abbey, arena, armoury, barracks, bridge, canal, castle, cathedral, citadel, college, courthouse, docks,
    factory, ferry, fortress, foundry, fountain, garden, granary, harbour, hospital, library, lighthouse, lodge, mansion,
    market, meadow, mill, monastery, museum, observatory, orchard, palace, park, pavilion, quarry, quay, racecourse, railway
    station, school, shipyard, stadium, tavern, temple, theatre, town hall, university, vineyard, warehouse, windmill`),
  prizes:
    list(`barrel, basket, bell, blanket, book, bracelet, brooch, candle, carpet, chair, chest, clock, cloak, coat, comb,
    crown, cup, dagger, desk, fan, goblet, hat, helmet, kite, ladder, lamp, lantern, mask, medal, mirror, necklace, painting,
    pipe, plate, purse, quilt, ribbon, ring, rope, saddle, scarf, shield, spoon, statue, sword, table, teapot, trophy, umbrella,
    vase, whistle, wreath`),
  animals:
    list(`ant, badger, bat, bear, beaver, bee, bull, camel, cat, cobra, crab, crow, deer, dog, dolphin, dove, duck, eagle,
    eel, falcon, fox, frog, goat, goose, hare, hawk, hedgehog, horse, jackal, lion, lizard, lynx, mole, moth, mouse, newt, otter,
    owl, ox, panther, pig, rabbit, ram, raven, seal, snail, sparrow, spider, stork, swan, tiger, toad, turtle, wasp, weasel,
    whale, wolf`),
} as const

export const es = {
  crops:
    list(`aceitunas, ajos, arroz, avena, calabazas, cebada, cebollas, cerezas, ciruelas, higos, lentejas, limones, maíz,
    manzanas, melones, naranjas, nueces, patatas, peras, tomates, trigo, uvas`),
  colours:
    list(`amarillo, azul, blanco, dorado, gris, marrón, morado, naranja, negro, ocre, plateado, rojo, rosa, verde,
    violeta, turquesa, crema, granate`),
  minerals:
    list(`arcilla, azufre, basalto, caliza, cobre, cuarzo, estaño, granito, grafito, hierro, mármol, mica, níquel,
    pirita, pizarra, plomo, sal, talco, yeso, zinc`),
  trades:
    list(`abogado, actor, albañil, arquitecto, barbero, botánico, carpintero, cocinero, escritor, escultor, herrero,
    ingeniero, maestro, marinero, médico, minero, panadero, pescador, pintor, poeta, sastre, zapatero`),
  instruments:
    list(`acordeón, arpa, clarinete, corneta, fagot, flauta, guitarra, laúd, mandolina, oboe, órgano, piano, saxofón,
    tambor, trombón, trompeta, tuba, viola, violín, violonchelo`),
  animals:
    list(`águila, buey, búho, caballo, cabra, camello, ciervo, cisne, cuervo, delfín, erizo, gallo, gato, halcón, león,
    lince, lobo, oso, oveja, perro, tigre, toro, zorro`),
} as const

export const zh = {
  crops: list('大米, 小麦, 玉米, 茶叶, 棉花, 苹果, 葡萄, 橙子, 土豆, 花生, 大豆, 桃子, 西瓜, 核桃, 番茄, 洋葱'),
  colours: list('红色, 蓝色, 绿色, 黄色, 白色, 黑色, 紫色, 灰色, 金色, 银色, 棕色, 粉色, 橙色, 青色'),
  minerals: list('石英, 云母, 石膏, 石墨, 滑石, 大理石, 花岗岩, 玄武岩, 石灰石, 黄铁矿, 磁铁矿, 铜矿, 锡矿, 锌矿'),
  trades: list('医生, 教师, 厨师, 画家, 诗人, 农民, 律师, 木匠, 铁匠, 工程师, 建筑师, 记者, 演员, 裁缝, 渔夫, 矿工'),
  instruments: list('钢琴, 小提琴, 大提琴, 吉他, 长笛, 单簧管, 小号, 圆号, 竖琴, 古筝, 二胡, 琵琶, 手风琴, 双簧管'),
  animals: list('老虎, 狮子, 大象, 骆驼, 狐狸, 白马, 山羊, 天鹅, 海豚, 老鹰, 乌龟, 熊猫, 猴子, 孔雀, 兔子, 公牛'),
} as const
