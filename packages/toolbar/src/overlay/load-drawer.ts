/** Loads the drawer, once, and earlier when the pointer is on its way. */
export const loadDrawer = () => import('./drawer/Drawer.tsx')
