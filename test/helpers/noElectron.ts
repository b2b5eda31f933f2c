/** Loaded with `node --import`: from here on, importing `electron` throws. */
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === 'electron') throw new Error(`electron was imported by ${context.parentURL ?? 'nobody'}`)
    return next(specifier, context)
  },
})
