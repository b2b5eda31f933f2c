/** Names of synthetic entities, made of shared parts, and the split that each name belongs to for ever. */
import { stableHash, type Random } from '../../../../shared/random.ts'
import { firstNames } from './words.ts'

export type DomainName = 'cities' | 'alloys' | 'biographies' | 'events'
export type Split = 'train' | 'valid' | 'test'

const list = (text: string): readonly string[] => text.trim().split(/\s+/)

/** The four domains use endings of their own, so that no name of one is a word of another. */
const city = {
  stems: list(
    'Bar Bel Cal Car Dal Dor Fal Gar Hal Jas Kar Kel Lan Lor Mar Mel Nar Nol Or Pal Pel Ral Ros Sal Sel Tar Tel Tor Val Zan',
  ),
  middles: list('a ada ado ana ano ara aro eda ela eno era eso ila ino iro isa oda ola ora una'),
  endings: list('bad burg dova gard grad mar mond nia polis ria rova stad ton vik ville zan'),
  prefixes: list('Port Vel Fort Lake Mount New Old Upper Lower Cape'),
  lasts: list('esh im ond ard oth uin ael ysh ok und ash enth orn ith eld amm'),
}
const alloy = {
  stems: list(
    'Ad Ber Bor Bren Cad Cor Cren Dex Dur Fer Flor Gal Gren Hap Ist Jor Kal Kry Lum Mag Mer Nev Nor Ox Pel Plat Quor Rad Rub Sil Sten Tal Ter Tor Ul Van Ver Xen Yt Zir',
  ),
  middles: list('a ab ad al an ar el en er id il in ir ol on or'),
  endings: list('ium ite ane ox alum ron ide'),
  bases: list('steel bronze brass pewter solder'),
  firsts: list('ax ent ick oran umb yd eph ost'),
}
const biography = {
  stems: list(
    'Ab Al Ban Bor Brum Cor Dag Dren Fen Gol Grim Hav Hol Jarr Kas Kov Lind Lum Mor Nad Ost Pell Quar Rav Sand Sten Strom Tav Ulm Vand Ves Wen Wil Yor Zel',
  ),
  endings: list(
    'afi ander avec bauer berg dahl emann enko esson etti feld gaard holm iak inen insky kamp lund maier oglu ovic quist rud sen strup sund thal vaara wald yan',
  ),
}
const event = {
  stems: list(
    'Al Ambr Barl Bel Brin Cast Cor Dar Dun Fair Fern Gal Gold Har Hol Jun Kel Lam Loch Mal Mer Nor Pem Quen Ram Ros Sil Sum Thor Tol Wen Wyn',
  ),
  endings: list(
    'adine alba brook combe dale embra esque fair gate heath iden ley mere oller ridge side stow tide wick worth',
  ),
  kinds: list(
    'Regatta Festival Tournament Fair Parade Marathon Carnival Auction Concert Banquet Derby Exhibition Pageant Jubilee Contest Rally',
  ),
}

/** One name of each domain; every domain has more than 10,000 of them. */
const draw: Readonly<Record<DomainName, (random: Random) => string>> = {
  cities: (random) =>
    random.float() < 0.8
      ? random.pick(city.stems) + random.pick(city.middles) + random.pick(city.endings)
      : `${random.pick(city.prefixes)} ${random.pick(city.stems)}${random.pick(city.lasts)}`,
  alloys: (random) =>
    random.float() < 0.8
      ? random.pick(alloy.stems) + random.pick(alloy.middles) + random.pick(alloy.middles) + random.pick(alloy.endings)
      : `${random.pick(alloy.stems)}${random.pick(alloy.firsts)} ${random.pick(alloy.bases)}`,
  biographies: (random) =>
    `${random.pick(firstNames)} ${random.pick(biography.stems)}${random.pick(biography.endings)}`,
  events: (random) => `${random.pick(event.stems)}${random.pick(event.endings)} ${random.pick(event.kinds)}`,
}

/** The split of an entity: a hash of its name, the same under every seed (about 70 / 10 / 20 percent). */
export function splitOf(domain: DomainName, entity: string): Split {
  const share = stableHash(`${domain}:${entity}`) % 100
  return share < 70 ? 'train' : share < 80 ? 'valid' : 'test'
}

/** A random entity of the domain whose name belongs to `split`. */
export function drawEntity(random: Random, domain: DomainName, split: Split | 'any'): string {
  for (;;) {
    const entity = draw[domain](random)
    if (split === 'any' || splitOf(domain, entity) === split) return entity
  }
}
