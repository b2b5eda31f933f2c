/** Loaded with `node --import`: from here on, importing a package behind a reader throws. */
import { registerHooks } from 'node:module'

const heavy = /^(?:unpdf|mammoth|linkedom|@mozilla\/readability|papaparse|hyparquet|fflate|chardet)$/

registerHooks({
  resolve: (specifier, context, next) => {
    // The writer of tables needs hyparquet too, and is no reader.
    const writer = context.parentURL?.includes('/hyparquet-writer/') === true
    if (heavy.test(specifier) && !writer)
      throw new Error(`${specifier} was imported by ${context.parentURL ?? 'nobody'}`)
    return next(specifier, context)
  },
})
