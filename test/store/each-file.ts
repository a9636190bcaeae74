import { afterAll, afterEach } from 'vitest';
import { clearAway, closeAll } from './support.ts';

// Where files share a process, the module is there already, and only the first of them would get its hooks.
afterEach(clearAway);
afterAll(closeAll);
