/** Biographies: where people come from, what they do and whom they learnt it from. */
import { attribute, type Domain } from './domain.ts'

export const biographies: Domain = {
  name: 'biographies',
  voices: {
    en: {
      attributes: [
        attribute(
          'born',
          'year',
          [
            '{e} was born in the year {v}.',
            'The church book says {e} was born in {v}.',
            '{e} was born in {v}, the youngest of four.',
          ],
          ['When was {e} born?', 'In which year was {e} born?'],
        ),
        attribute(
          'town',
          'en.towns',
          [
            'The home town of {e} is {v}.',
            '{e} grew up in the town of {v}.',
            'As a child {e} lived in the town of {v}.',
          ],
          ['What is the home town of {e}?', 'In which town did {e} grow up?'],
        ),
        attribute(
          'instrument',
          'en.instruments',
          [
            '{e} plays the {v} in the evening.',
            'The instrument that {e} plays is the {v}.',
            '{e} learnt to play the {v} at school.',
          ],
          ['Which instrument does {e} play?', 'What is the instrument that {e} plays?'],
        ),
        attribute(
          'profession',
          'en.trades',
          [
            '{e} worked as a {v} for many years.',
            'The profession of {e} was that of a {v}.',
            'By profession {e} was a {v}.',
          ],
          ['What was the profession of {e}?', 'What did {e} work as?'],
        ),
        attribute(
          'teacher',
          'person',
          [
            'The teacher of {e} was {v}.',
            '{e} had a strict teacher named {v}.',
            '{e} learnt everything from a teacher called {v}.',
          ],
          ['Who was the teacher of {e}?', 'What was the name of the teacher of {e}?'],
        ),
        attribute(
          'dish',
          'en.dishes',
          [
            'The favourite dish of {e} is {v}.',
            'Friends always cook {v}, the favourite dish of {e}.',
            '{e} has one favourite dish, which is {v}.',
          ],
          ['What is the favourite dish of {e}?', 'Which dish is the favourite of {e}?'],
        ),
      ],
      fillers: [
        'friends remember long walks and short letters.',
        'most of the letters were lost in a fire.',
        'nobody in the family liked to travel far.',
        'the diaries were written in pencil.',
        'visitors were always given tea and bread.',
        'the winters of those years were hard.',
        'a portrait hangs in a quiet corridor.',
        'the garden behind the house was well kept.',
        'neighbours spoke of a calm and patient manner.',
        'the rest of the story is told by others.',
      ],
    },
    es: {
      attributes: [
        attribute(
          'born',
          'year',
          [
            '{e} nació en el año {v}.',
            'Los papeles dicen que {e} nació en {v}.',
            '{e} nació en {v}, después de la cosecha.',
          ],
          ['¿Cuándo nació {e}?', '¿En qué año nació {e}?'],
        ),
        attribute(
          'instrument',
          'es.instruments',
          [
            '{e} sabe tocar un instrumento: {v}.',
            'El instrumento que toca {e} es {v}.',
            '{e} aprendió a tocar este instrumento: {v}.',
          ],
          ['¿Qué instrumento toca {e}?', '¿Cuál es el instrumento que toca {e}?'],
        ),
        attribute(
          'profession',
          'es.trades',
          ['{e} trabajó como {v} muchos años.', 'La profesión de {e} era la de {v}.', 'De profesión {e} era {v}.'],
          ['¿Cuál era la profesión de {e}?', '¿De qué trabajó {e}?'],
        ),
        attribute(
          'teacher',
          'person',
          ['{e} tuvo por maestro a {v}.', 'El maestro de {e} se llamaba {v}.', '{e} aprendió todo de su maestro {v}.'],
          ['¿Quién fue el maestro de {e}?', '¿Cómo se llamaba el maestro de {e}?'],
        ),
        attribute(
          'town',
          'en.towns',
          [
            'El pueblo natal de {e} es {v}.',
            '{e} creció en el pueblo de {v}.',
            'De niño {e} vivió en el pueblo de {v}.',
          ],
          ['¿Cuál es el pueblo natal de {e}?', '¿En qué pueblo creció {e}?'],
        ),
      ],
      fillers: [
        'casi todas las cartas se perdieron en un incendio.',
        'los inviernos de aquellos años fueron duros.',
        'los vecinos hablan de su paciencia.',
        'los diarios están escritos a lápiz.',
        'un retrato cuelga en un pasillo tranquilo.',
      ],
    },
    zh: {
      attributes: [
        attribute(
          'born',
          'year',
          ['{e} 生于 {v} 年。', '记录显示 {e} 生于 {v} 年。', '{e} 在 {v} 年出生。'],
          ['{e} 生于哪一年？', '{e} 是哪一年出生的？'],
        ),
        attribute(
          'instrument',
          'zh.instruments',
          ['{e} 演奏的乐器是{v}。', '{e} 在学校学会了演奏{v}。', '{e} 晚上喜欢演奏{v}。'],
          ['{e} 演奏什么乐器？', '{e} 会演奏哪种乐器？'],
        ),
        attribute(
          'profession',
          'zh.trades',
          ['{e} 的职业是{v}。', '{e} 多年以{v}为职业。', '说到职业， {e} 是一名{v}。'],
          ['{e} 的职业是什么？', '{e} 以什么为职业？'],
        ),
        attribute(
          'teacher',
          'namesZh',
          ['{e} 的老师是{v}。', '{e} 有一位严格的老师，名叫{v}。', '{e} 的老师名叫{v}。'],
          ['{e} 的老师是谁？', '{e} 的老师叫什么名字？'],
        ),
        attribute(
          'town',
          'en.towns',
          ['{e} 的家乡是 {v} 。', '{e} 在家乡 {v} 长大。', '{e} 小时候住在家乡 {v} 。'],
          ['{e} 的家乡是哪里？', '{e} 在哪个家乡长大？'],
        ),
      ],
      fillers: [
        '大部分信件在火灾中丢失了。',
        '那些年的冬天很冷。',
        '邻居们都说此人很有耐心。',
        '日记是用铅笔写的。',
        '走廊里挂着一幅画像。',
      ],
    },
  },
}
