/** Places of the models screen that commands put the focus on. */

/** The field that the Hub is searched with. */
export const hubSearchId = 'hub-search'
/** The field of a folder's path. */
export const modelFolderId = 'model-folder'
