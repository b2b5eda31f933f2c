/** Cities: who founded them when, what flows through them and what they sell. */
import { attribute, type Domain } from './domain.ts'

export const cities: Domain = {
  name: 'cities',
  voices: {
    en: {
      attributes: [
        attribute(
          'founded',
          'year',
          [
            '{e} was founded in the year {v}.',
            'The city of {e} was founded in {v}.',
            'Settlers founded {e} in {v} after a long winter.',
          ],
          ['When was {e} founded?', 'In which year was {e} founded?'],
        ),
        attribute(
          'mayor',
          'person',
          [
            'The mayor of {e} is {v}.',
            'The people of {e} chose {v} as their mayor.',
            'The present mayor of {e} is called {v}.',
          ],
          ['Who is the mayor of {e}?', 'What is the name of the mayor of {e}?'],
        ),
        attribute(
          'river',
          'en.rivers',
          [
            'The river that flows through {e} is the {v}.',
            '{e} lies on the river {v}.',
            'In {e} the river is called the {v}.',
          ],
          ['Which river flows through {e}?', 'What is the river of {e}?'],
        ),
        attribute(
          'crop',
          'en.crops',
          [
            'The main crop of {e} is {v}.',
            'Farmers around {e} sell a crop of {v}.',
            '{e} is known for its crop of {v}.',
          ],
          ['What is the main crop of {e}?', 'Which crop is {e} known for?'],
        ),
        attribute(
          'flag',
          'en.colours',
          ['The flag of {e} is {v}.', 'A {v} flag flies over {e}.', '{e} has a flag that is plain {v}.'],
          ['What colour is the flag of {e}?', 'Which colour is on the flag of {e}?'],
        ),
        attribute(
          'bridges',
          'small',
          [
            'There are {v} bridges in {e}.',
            '{e} has {v} bridges of wood and stone.',
            'A visitor to {e} can cross {v} bridges.',
          ],
          ['How many bridges are there in {e}?', 'How many bridges does {e} have?'],
        ),
      ],
      fillers: [
        'the streets are quiet in the early morning.',
        'the old walls have been repaired many times.',
        'small shops line the square near the gate.',
        'the weather is mild for most of the year.',
        'children play in the courtyards until dusk.',
        'the roofs are steep because of heavy rain.',
        'a narrow road leads down from the hills.',
        'travellers often stay longer than they planned.',
        'the bells can be heard from far away.',
        'many of the houses have small gardens.',
      ],
    },
    es: {
      attributes: [
        attribute(
          'founded',
          'year',
          [
            '{e} fue fundada en el año {v}.',
            'La ciudad de {e} fue fundada en {v}.',
            'Los colonos fundaron {e} en {v}.',
          ],
          ['¿Cuándo fue fundada {e}?', '¿En qué año fue fundada {e}?'],
        ),
        attribute(
          'mayor',
          'person',
          [
            'El alcalde de {e} se llama {v}.',
            'La persona al frente de {e} como alcalde es {v}.',
            '{e} tiene por alcalde a {v}.',
          ],
          ['¿Quién es el alcalde de {e}?', '¿Cómo se llama el alcalde de {e}?'],
        ),
        attribute(
          'crop',
          'es.crops',
          [
            'El cultivo principal de {e} son {v}.',
            'En {e} el cultivo más vendido son {v}.',
            '{e} vive de un cultivo: {v}.',
          ],
          ['¿Cuál es el cultivo principal de {e}?', '¿De qué cultivo vive {e}?'],
        ),
        attribute(
          'flag',
          'es.colours',
          [
            'La bandera de {e} es de color {v}.',
            'Sobre {e} ondea una bandera de color {v}.',
            '{e} tiene una bandera de color {v}.',
          ],
          ['¿De qué color es la bandera de {e}?', '¿Qué color tiene la bandera de {e}?'],
        ),
        attribute(
          'bridges',
          'small',
          [
            'Hay {v} puentes en {e}.',
            '{e} tiene {v} puentes de piedra y madera.',
            'En {e} se pueden cruzar {v} puentes.',
          ],
          ['¿Cuántos puentes hay en {e}?', '¿Cuántos puentes tiene {e}?'],
        ),
      ],
      fillers: [
        'las calles son tranquilas por la mañana.',
        'las casas tienen pequeños jardines.',
        'el camino baja despacio desde las colinas.',
        'las campanas se oyen desde muy lejos.',
        'el clima es suave casi todo el año.',
      ],
    },
    zh: {
      attributes: [
        attribute(
          'founded',
          'year',
          ['{e} 建于 {v} 年。', '{e} 这座城市建于 {v} 年。', '人们在 {v} 年建立了 {e} 。'],
          ['{e} 建于哪一年？', '{e} 是哪一年建立的？'],
        ),
        attribute(
          'mayor',
          'namesZh',
          ['{e} 的市长是{v}。', '{e} 的人们选{v}当市长。', '{e} 现任市长名叫{v}。'],
          ['{e} 的市长是谁？', '{e} 的市长叫什么名字？'],
        ),
        attribute(
          'crop',
          'zh.crops',
          ['{e} 的主要作物是{v}。', '{e} 的农民种植的作物是{v}。', '{e} 以作物{v}闻名。'],
          ['{e} 的主要作物是什么？', '{e} 以什么作物闻名？'],
        ),
        attribute(
          'flag',
          'zh.colours',
          ['{e} 的旗帜是{v}的。', '{e} 上空飘着{v}的旗帜。', '{e} 有一面{v}的旗帜。'],
          ['{e} 的旗帜是什么颜色？', '{e} 的旗帜颜色是什么？'],
        ),
        attribute(
          'bridges',
          'small',
          ['{e} 有 {v} 座桥。', '{e} 一共有 {v} 座桥。', '来到 {e} 可以走过 {v} 座桥。'],
          ['{e} 有多少座桥？', '{e} 一共有几座桥？'],
        ),
      ],
      fillers: [
        '清晨的街道很安静。',
        '这里的气候一年四季都很温和。',
        '许多房子都有小花园。',
        '远处也能听见钟声。',
        '一条小路从山上通下来。',
      ],
    },
  },
}
