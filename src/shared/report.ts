/** Reports: what goes into one, and the file that comes out. */
import * as z from 'zod'

/** The sections of a report in their order; an empty one is left out. */
export const reportSections = ['summary', 'set-up', 'tables', 'charts', 'examples', 'limits', 'again'] as const
export const ReportSection = z.enum(reportSections)
export type ReportSection = z.infer<typeof ReportSection>

export const ReportInput = z.object({
  runs: z.array(z.string()).max(500).default([]).describe('ids of kept runs'),
  from: z
    .array(z.string())
    .default([])
    .describe('JSON files: what ask and the measuring commands print with --json, or tables exported as JSON'),
  sweeps: z.array(z.string()).max(20).default([]).describe('folders of sweeps'),
  sections: z
    .array(ReportSection)
    .min(1)
    .default([...reportSections]),
  title: z.string().max(200).default('REFRAG runs'),
  text: z.boolean().default(true).describe('false leaves out the text of documents'),
  format: z.enum(['html', 'md', 'pdf']).default('html'),
})
export type ReportInput = z.infer<typeof ReportInput>

/** A report as one file that opens without the workbench. */
export const ReportFile = z.object({
  name: z.string(),
  content: z.string(),
  encoding: z.enum(['utf8', 'base64']).describe('of the content: base64 for a PDF'),
})
export type ReportFile = z.infer<typeof ReportFile>
