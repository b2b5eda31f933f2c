/** Alloys: who made them first, from what, and what they are good for. */
import { attribute, type Domain } from './domain.ts'

export const alloys: Domain = {
  name: 'alloys',
  voices: {
    en: {
      attributes: [
        attribute(
          'discovered',
          'year',
          [
            '{e} was discovered in the year {v}.',
            'A lucky accident led to {e} being discovered in {v}.',
            'The alloy {e} was first discovered in {v}.',
          ],
          ['When was {e} discovered?', 'In which year was {e} discovered?'],
        ),
        attribute(
          'inventor',
          'person',
          [
            'The inventor of {e} is {v}.',
            '{e} has one inventor, named {v}.',
            'Most books name {v} as the inventor of {e}.',
          ],
          ['Who is the inventor of {e}?', 'What is the name of the inventor of {e}?'],
        ),
        attribute(
          'mineral',
          'en.minerals',
          [
            'The main mineral in {e} is {v}.',
            '{e} is made from the mineral {v}.',
            'Smiths add the mineral {v} to make {e}.',
          ],
          ['What is the main mineral in {e}?', 'Which mineral is {e} made from?'],
        ),
        attribute(
          'melting',
          'large',
          [
            '{e} melts at {v} degrees in an open furnace.',
            'The melting point of {e} is {v} degrees.',
            'At {v} degrees {e} begins to melt.',
          ],
          ['At how many degrees does {e} melt?', 'What is the melting point of {e}?'],
        ),
        attribute(
          'colour',
          'en.colours',
          [
            'The colour of {e} is {v}.',
            'Freshly cut {e} has a {v} colour.',
            'When polished, {e} takes on the colour {v}.',
          ],
          ['What is the colour of {e}?', 'Which colour does {e} have?'],
        ),
        attribute(
          'use',
          'en.tools',
          ['{e} is used to make {v}.', 'Workshops use {e} for making {v}.', 'The most common use of {e} is in {v}.'],
          ['What is {e} used to make?', 'What is the most common use of {e}?'],
        ),
      ],
      fillers: [
        'the surface turns dull when it is left in the rain.',
        'samples are kept in a dry room away from salt.',
        'the metal rings clearly when it is struck.',
        'it must be cooled slowly or it will crack.',
        'apprentices learn to judge it by its sound.',
        'old recipes disagree about the best fuel.',
        'thin sheets can be bent by hand.',
        'the powder should never be breathed in.',
        'merchants weigh every bar twice before a sale.',
        'scraps are collected and melted again.',
      ],
    },
    es: {
      attributes: [
        attribute(
          'discovered',
          'year',
          [
            '{e} fue descubierto en el año {v}.',
            'La aleación {e} fue descubierta en {v}.',
            'Unos herreros descubrieron {e} en {v}.',
          ],
          ['¿Cuándo fue descubierto {e}?', '¿En qué año fue descubierto {e}?'],
        ),
        attribute(
          'inventor',
          'person',
          [
            'El inventor de {e} se llama {v}.',
            'Los libros dicen que el inventor de {e} es {v}.',
            '{e} tiene por inventor a {v}.',
          ],
          ['¿Quién es el inventor de {e}?', '¿Cómo se llama el inventor de {e}?'],
        ),
        attribute(
          'mineral',
          'es.minerals',
          [
            'El mineral principal de {e} es {v}.',
            '{e} se hace con el mineral {v}.',
            'Para fundir {e} se usa el mineral {v}.',
          ],
          ['¿Cuál es el mineral principal de {e}?', '¿Con qué mineral se hace {e}?'],
        ),
        attribute(
          'melting',
          'large',
          [
            '{e} se funde a {v} grados.',
            'El punto de fusión de {e} es de {v} grados.',
            'A {v} grados {e} empieza a fundirse.',
          ],
          ['¿A cuántos grados se funde {e}?', '¿Cuál es el punto de fusión de {e}?'],
        ),
        attribute(
          'colour',
          'es.colours',
          ['El color de {e} es {v}.', 'Recién cortado, {e} es de color {v}.', 'Al pulirlo, {e} toma el color {v}.'],
          ['¿Cuál es el color de {e}?', '¿De qué color es {e}?'],
        ),
      ],
      fillers: [
        'el metal suena con claridad cuando se golpea.',
        'las láminas finas se doblan con la mano.',
        'hay que enfriarlo despacio para que no se rompa.',
        'los restos se recogen y se funden de nuevo.',
        'la superficie pierde brillo bajo la lluvia.',
      ],
    },
    zh: {
      attributes: [
        attribute(
          'discovered',
          'year',
          ['{e} 发现于 {v} 年。', '合金 {e} 最早发现于 {v} 年。', '工匠在 {v} 年发现了 {e} 。'],
          ['{e} 发现于哪一年？', '{e} 是哪一年发现的？'],
        ),
        attribute(
          'inventor',
          'namesZh',
          ['{e} 的发明者是{v}。', '书上说 {e} 的发明者是{v}。', '{e} 的发明者名叫{v}。'],
          ['{e} 的发明者是谁？', '{e} 的发明者叫什么名字？'],
        ),
        attribute(
          'mineral',
          'zh.minerals',
          ['{e} 的主要矿物是{v}。', '{e} 由矿物{v}制成。', '制造 {e} 需要矿物{v}。'],
          ['{e} 的主要矿物是什么？', '制造 {e} 需要什么矿物？'],
        ),
        attribute(
          'melting',
          'large',
          ['{e} 在 {v} 度熔化。', '{e} 的熔点是 {v} 度。', '温度到 {v} 度时 {e} 开始熔化。'],
          ['{e} 在多少度熔化？', '{e} 的熔点是多少度？'],
        ),
        attribute(
          'colour',
          'zh.colours',
          ['{e} 的颜色是{v}。', '刚切开的 {e} 呈{v}。', '打磨后 {e} 的颜色变成{v}。'],
          ['{e} 的颜色是什么？', '{e} 是什么颜色？'],
        ),
      ],
      fillers: [
        '敲打时声音清脆。',
        '薄片可以用手弯曲。',
        '冷却太快就会裂开。',
        '碎料会收集起来重新熔化。',
        '雨水会让表面失去光泽。',
      ],
    },
  },
}
