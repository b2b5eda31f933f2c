/** A driver that misbehaves, in a process of its own: what probing must live through. */
const [, , how] = process.argv

process.send?.({ type: 'stage', stage: 'opening' })
if (how === 'crashes') process.kill(process.pid, 'SIGSEGV')
else if (how === 'hangs') setInterval(() => {}, 1000)
else if (how === 'ends') process.exitCode = 3
else if (how === 'refuses') process.send?.({ type: 'failed', reason: 'no adapter was found' })
else process.send?.({ type: 'checked', maxAbsDiff: how === 'NaN' ? null : Number(how), block: null, half: false })
if (how !== 'hangs') setTimeout(() => process.disconnect?.(), 50)
