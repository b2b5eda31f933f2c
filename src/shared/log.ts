/** The log: what the engine and its doors did and met, line by line. */
import * as z from 'zod'

export const LogLevel = z.enum(['info', 'warning', 'error'])
export type LogLevel = z.infer<typeof LogLevel>

export const LogSource = z.enum(['engine', 'browser door', 'desktop door', 'terminal', 'page'])
export type LogSource = z.infer<typeof LogSource>

export const LogEntry = z.object({
  time: z.string().describe('ISO time'),
  level: LogLevel,
  source: LogSource,
  message: z.string().describe('never holds text of a document or a question'),
  detail: z.string().optional().describe('what the message leaves out, a stack say; may quote what was read'),
})
export type LogEntry = z.infer<typeof LogEntry>

/** The most lines that are given at once. */
export const mostLogged = 5000
