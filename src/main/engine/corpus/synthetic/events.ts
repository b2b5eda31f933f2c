/** Events: since when they are held, by whom, where and for what prize. */
import { attribute, type Domain } from './domain.ts'

export const events: Domain = {
  name: 'events',
  voices: {
    en: {
      attributes: [
        attribute(
          'first',
          'year',
          [
            'The {e} was first held in the year {v}.',
            'The {e} was first held in {v}.',
            'Records show that the {e} was first held in {v}.',
          ],
          ['When was the {e} first held?', 'In which year was the {e} first held?'],
        ),
        attribute(
          'organiser',
          'person',
          [
            'The organiser of the {e} is {v}.',
            'The {e} has a new organiser named {v}.',
            'The town thanked {v}, the organiser of the {e}.',
          ],
          ['Who is the organiser of the {e}?', 'What is the name of the organiser of the {e}?'],
        ),
        attribute(
          'venue',
          'en.venues',
          [
            'The venue of the {e} is the {v}.',
            'The {e} has its venue at the {v}.',
            'Crowds meet at the {v}, the venue of the {e}.',
          ],
          ['What is the venue of the {e}?', 'Where does the {e} have its venue?'],
        ),
        attribute(
          'prize',
          'en.prizes',
          [
            'The first prize of the {e} is a golden {v}.',
            'The winner of the {e} takes a {v} as prize.',
            'At the {e} the prize is a carved {v}.',
          ],
          ['What is the prize of the {e}?', 'Which prize does the winner of the {e} take?'],
        ),
        attribute(
          'mascot',
          'en.animals',
          [
            'The mascot of the {e} is a {v}.',
            'The {e} has a painted {v} as its mascot.',
            'Children love the {v}, mascot of the {e}.',
          ],
          ['What is the mascot of the {e}?', 'Which animal is the mascot of the {e}?'],
        ),
        attribute(
          'teams',
          'small',
          [
            'The {e} is open to {v} teams.',
            'Every year {v} teams enter the {e}.',
            'At the last {e} there were {v} teams.',
          ],
          ['How many teams enter the {e}?', 'How many teams were at the {e}?'],
        ),
      ],
      fillers: [
        'tickets are sold at the gate and nowhere else.',
        'the music goes on until late at night.',
        'rain has never kept the crowd away.',
        'the streets are swept before sunrise.',
        'flags hang from every window nearby.',
        'the smell of roasted nuts fills the air.',
        'a short speech opens the first day.',
        'local bakers prepare for weeks.',
        'most visitors arrive on foot or by boat.',
        'the rules have hardly changed since then.',
      ],
    },
    es: {
      attributes: [
        attribute(
          'first',
          'year',
          [
            '{e} se celebró por primera vez en {v}.',
            'En {v} se celebró {e} por primera vez.',
            'La primera edición de {e} se celebró en el año {v}.',
          ],
          ['¿Cuándo se celebró {e} por primera vez?', '¿En qué año se celebró {e} por primera vez?'],
        ),
        attribute(
          'organiser',
          'person',
          [
            'El organizador de {e} se llama {v}.',
            '{e} tiene por organizador a {v}.',
            'El nuevo organizador de {e} es {v}.',
          ],
          ['¿Quién es el organizador de {e}?', '¿Cómo se llama el organizador de {e}?'],
        ),
        attribute(
          'mascot',
          'es.animals',
          [
            'La mascota de {e} es un animal: {v}.',
            'El animal que sirve de mascota a {e} es {v}.',
            '{e} tiene como mascota este animal: {v}.',
          ],
          ['¿Cuál es la mascota de {e}?', '¿Qué animal es la mascota de {e}?'],
        ),
        attribute(
          'colour',
          'es.colours',
          ['El color de {e} es {v}.', 'En {e} todos visten de color {v}.', 'Los carteles de {e} son de color {v}.'],
          ['¿Cuál es el color de {e}?', '¿De qué color visten todos en {e}?'],
        ),
        attribute(
          'teams',
          'small',
          ['En {e} participan {v} equipos.', 'Cada año {v} equipos participan en {e}.', '{e} reúne a {v} equipos.'],
          ['¿Cuántos equipos participan en {e}?', '¿Cuántos equipos reúne {e}?'],
        ),
      ],
      fillers: [
        'la música sigue hasta muy tarde.',
        'la lluvia nunca ha alejado al público.',
        'casi todos llegan a pie o en barco.',
        'un breve discurso abre el primer día.',
        'los panaderos se preparan durante semanas.',
      ],
    },
    zh: {
      attributes: [
        attribute(
          'first',
          'year',
          ['{e} 首次举办于 {v} 年。', '{e} 在 {v} 年首次举办。', '记录显示 {e} 首次举办于 {v} 年。'],
          ['{e} 首次举办于哪一年？', '{e} 是哪一年首次举办的？'],
        ),
        attribute(
          'organiser',
          'namesZh',
          ['{e} 的组织者是{v}。', '{e} 新的组织者名叫{v}。', '大家感谢 {e} 的组织者{v}。'],
          ['{e} 的组织者是谁？', '{e} 的组织者叫什么名字？'],
        ),
        attribute(
          'mascot',
          'zh.animals',
          ['{e} 的吉祥物是{v}。', '{e} 选了{v}作为吉祥物。', '孩子们喜欢 {e} 的吉祥物{v}。'],
          ['{e} 的吉祥物是什么？', '{e} 的吉祥物是哪种动物？'],
        ),
        attribute(
          'colour',
          'zh.colours',
          ['{e} 的颜色是{v}。', '在 {e} 大家都穿{v}。', '{e} 的海报是{v}的。'],
          ['{e} 的颜色是什么？', '{e} 的海报是什么颜色？'],
        ),
        attribute(
          'teams',
          'small',
          ['{e} 有 {v} 支队伍参加。', '每年有 {v} 支队伍参加 {e} 。', '上一次 {e} 来了 {v} 支队伍。'],
          ['有多少支队伍参加 {e} ？', '{e} 有几支队伍参加？'],
        ),
      ],
      fillers: [
        '音乐一直响到深夜。',
        '下雨也挡不住人群。',
        '面包师要准备好几个星期。',
        '大多数客人步行或坐船来。',
        '第一天由简短的讲话开始。',
      ],
    },
  },
}
