/** The application menu, from the table of commands that the page answers. */
import { Menu, type MenuItemConstructorOptions } from 'electron'
import { menuTable, type MenuGroup } from './menuTable.ts'

/** Sets the menu; `run` receives the id of a chosen command. */
export function setMenu(run: (command: string) => void): void {
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    ...menuTable.map((group) => toSubmenu(group, run)),
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'windowMenu' },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

function toSubmenu({ label, items }: MenuGroup, run: (command: string) => void): MenuItemConstructorOptions {
  return {
    label,
    submenu: [
      ...items.map((item) => ({
        id: item.command,
        label: item.label,
        // The page hears the keys first, and knows where they are meant: the menu shows them.
        click: (_item: unknown, _window: unknown, event?: { readonly triggeredByAccelerator?: boolean }) => {
          if (event?.triggeredByAccelerator !== true) run(item.command)
        },
        ...(item.accelerator === undefined ? {} : { accelerator: item.accelerator, registerAccelerator: false }),
      })),
      ...(label === 'File' ? [{ type: 'separator' } as const, { role: 'quit' } as const] : []),
    ],
  }
}
