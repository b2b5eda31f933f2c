/** Calls on the workbench itself: its health, settings, devices, jobs and log. */
import { policyNames } from '../../../../shared/plan.ts'
import { policies } from '../../sense/policies.ts'
import { measurePlaces } from '../../store/places.ts'
import { openAhead } from '../ahead.ts'
import { readHealth } from '../health.ts'
import { clearCache, followLog, restartBy } from '../logging.ts'
import type { Calls, Rooms } from './rooms.ts'

/** Health, settings, devices, jobs, log and places. Each call is tied to the room that answers it. */
export function workbenchCalls(os: Calls, at: Rooms) {
  const { home, modelsHome, restart, loader, jobs } = at
  return {
    health: os.health.handler(async () => readHealth(home, await loader.about(() => openAhead(loader, at.runs)))),
    policies: os.policies.handler(() =>
      policyNames.map((name) => {
        const { label, metric, better, about } = policies[name]
        return { name, label, metric, better, about }
      }),
    ),
    settings: {
      read: os.settings.read.handler(() => at.settings.read()),
      write: os.settings.write.handler(({ input }) => at.settings.write(input)),
    },
    devices: {
      read: os.devices.read.handler(() => at.devices.read()),
      probe: os.devices.probe.handler(({ signal }) =>
        jobs.stream({ kind: 'check', title: 'Probe of the devices' }, signal, (own) => at.devices.probe(at.lock, own)),
      ),
    },
    jobs: {
      follow: os.jobs.follow.handler(({ signal }) => jobs.follow(signal)),
      stop: os.jobs.stop.handler(({ input }) => jobs.stop(input.id)),
    },
    log: {
      follow: os.log.follow.handler(({ input, signal }) => followLog(at.kept, input.limit, signal)),
      read: os.log.read.handler(({ input }) => at.kept.read(input.limit)),
    },
    places: os.places.handler(() => measurePlaces(home, modelsHome)),
    cache: { clear: os.cache.clear.handler(() => clearCache(home, at)) },
    restart: os.restart.handler(() => restartBy(restart)),
  }
}
