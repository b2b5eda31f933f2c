/** Calls on networks: the Hub, bundles, imported models, decoders elsewhere. */
import type { SpeedTarget } from '../../../../shared/speed.ts'
import { removeModel } from '../../models/import.ts'
import { demandFree } from '../../models/keepApart.ts'
import { listModels } from '../../models/library.ts'
import { modelFolder } from '../../models/manifest.ts'
import { titleOf } from '../indexes.ts'
import { chooseBundle, listBundles } from '../bundles.ts'
import { adaptStored } from '../adapting.ts'
import { lighten } from '../lightening.ts'
import { checkModel } from '../checking.ts'
import { importFolder } from '../importing.ts'
import { askModel, verifyModel } from '../models.ts'
import { pair, write, type PairTimes } from '../pairing.ts'
import { quantise } from '../quantising.ts'
import { benchModel, listSpeeds } from '../speeds.ts'
import type { Calls, Rooms } from './rooms.ts'

/** The Hub, bundles, imported models, decoders elsewhere. Each call is tied to the room that answers it. */
export function modelsCalls(os: Calls, at: Rooms) {
  const { home, jobs } = at
  const times: PairTimes = new Map()
  return {
    hub: {
      access: os.hub.access.handler(() => at.hub.access()),
      token: os.hub.token.handler(({ input }) => at.hub.takeToken(input.token)),
      search: os.hub.search.handler(({ input, signal }) => at.hub.search(input, signal)),
      look: os.hub.look.handler(({ input, signal }) => at.hub.look(input, signal)),
      download: os.hub.download.handler(({ input, signal }) =>
        jobs.stream({ kind: 'download', title: `Download of ${input.id}` }, signal, (own) =>
          at.hub.download(input, own),
        ),
      ),
      begin: os.hub.begin.handler(({ input }) => at.hub.begin(input)),
      list: os.hub.list.handler(() => at.hub.list()),
      stop: os.hub.stop.handler(({ input }) => at.hub.stop(input.key)),
      discard: os.hub.discard.handler(({ input }) => at.hub.discard(input.key)),
    },
    bundles: {
      list: os.bundles.list.handler(() => listBundles(home, at.modelsHome)),
      unload: os.bundles.unload.handler(() => at.holding.release()),
      load: os.bundles.load.handler(async () => void (await at.loader.get())),
      choose: os.bundles.choose.handler(({ input }) => chooseBundle(home, at.modelsHome, input.folder)),
      lighten: os.bundles.lighten.handler(({ input, signal }) =>
        jobs.call({ kind: 'model', title: `Light bundle of ${titleOf([input.folder])}` }, signal, () =>
          lighten(input, home),
        ),
      ),
    },
    models: {
      check: os.models.check.handler(({ input, signal }) =>
        jobs.stream({ kind: 'model', title: `Check of ${titleOf([input.path])}` }, signal, (own) =>
          checkModel(input, home, own, at.hub),
        ),
      ),
      import: os.models.import.handler(({ input, signal }) =>
        jobs.stream({ kind: 'model', title: `Import of ${titleOf([input.path])}` }, signal, (own) =>
          importFolder(input, home, own, at.hub),
        ),
      ),
      adapt: os.models.adapt.handler(({ input, signal }) =>
        jobs.stream({ kind: 'model', title: `Adapter beside ${input.name}` }, signal, (own) =>
          adaptStored(input, home, at.hub, own),
        ),
      ),
      list: os.models.list.handler(() => listModels(home)),
      verify: os.models.verify.handler(({ input, signal }) =>
        jobs.stream({ kind: 'model', title: `Verification of ${input.name}` }, signal, (own) =>
          verifyModel(input, home, own),
        ),
      ),
      pair: os.models.pair.handler(({ input, signal }) =>
        jobs.stream({ kind: 'model', title: `Pairing of ${input.decoder}` }, signal, (own) =>
          pair(input, home, times, own),
        ),
      ),
      write: os.models.write.handler(({ input, signal }) =>
        jobs.stream({ kind: 'model', title: `Texts of ${input.model}` }, signal, (own) => write(input, home, own)),
      ),
      quantise: os.models.quantise.handler(({ input, signal }) =>
        jobs.stream({ kind: 'model', title: `Smaller weights of ${input.name}` }, signal, (own) =>
          quantise(input, home, own),
        ),
      ),
      bench: os.models.bench.handler(({ input, signal }) =>
        jobs.stream({ kind: 'timing', title: `Speed of ${targetName(input.target)}` }, signal, (own) =>
          benchModel(input, home, at, own),
        ),
      ),
      speeds: os.models.speeds.handler(({ input }) => listSpeeds(input, home, at)),
      unload: os.models.unload.handler(({ input }) => at.holding.release(input.name)),
      remove: os.models.remove.handler(async ({ input }) => {
        await demandFree(home, input.name)
        await removeModel(modelFolder(home, input.name))
      }),
      ask: os.models.ask.handler(({ input, signal }) =>
        jobs.stream({ kind: 'answer', title: `${input.name} goes on` }, signal, (own) =>
          askModel(input, home, at.devices, own),
        ),
      ),
    },
    remote: {
      list: os.remote.list.handler(() => at.remotes.list()),
      add: os.remote.add.handler(({ input }) => at.remotes.add(input)),
      remove: os.remote.remove.handler(({ input }) => at.remotes.remove(input.name)),
      check: os.remote.check.handler(({ input, signal }) => at.remotes.check(input.name, signal)),
    },
  }
}

function targetName(target: SpeedTarget): string {
  return target.kind === 'model' ? target.name : titleOf([target.folder])
}
