/** `ipcMain`: listeners get the event, with the frame that sent, and the arguments. */
import { EventEmitter } from 'node:events'

export const ipcMain = new EventEmitter()
