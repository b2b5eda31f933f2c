/** Settings as they cross and as they lie on disk. */
import * as z from 'zod'
import { deviceNames, weightNames } from './deviceNames.ts'
import { densities, motions, settingBounds, themes } from './settings.ts'

const whole = ([least, most]: readonly [number, number]) => z.number().int().min(least).max(most)

export const Settings = z.object({
  theme: z.enum(themes),
  density: z.enum(densities),
  motion: z.enum(motions),
  singleKeys: z.boolean(),
  threads: whole(settingBounds.threads).nullable(),
  device: z.enum([...deviceNames, 'automatic']),
  weights: z.enum(weightNames),
  arena: z.boolean(),
  repeats: whole(settingBounds.repeats),
  warmups: whole(settingBounds.warmups),
  chartRepeats: whole(settingBounds.chartRepeats),
  hubEndpoint: z
    .string()
    .trim()
    .max(500)
    .regex(/^https?:\/\/[^\s@?#]+$/, 'give an address that begins with https:// or http://')
    .nullable(),
})
export type Settings = z.infer<typeof Settings>

/** What is left out stays. */
export const SettingsChange = Settings.partial()
export type SettingsChange = z.infer<typeof SettingsChange>
