/** The rules of forced colours, worn by choice: so that they can be looked at where the system forces none. */
import forced from '../styles/forced.css?raw'

/** What `forced.css` says under its media query, said of a page of the class `contrast`. */
export const contrastSheet = forced
  .replace(/@media \(forced-colors: active\)/, '@scope (.contrast)')
  .replaceAll(':root', ':scope')
