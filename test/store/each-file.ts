import { afterAll, afterEach } from 'vitest';
import { clearAway, closeAll } from './support.ts';

// If files share a process, a module is loaded only once, and only the first file would get its hooks.
afterEach(clearAway);
afterAll(closeAll);
