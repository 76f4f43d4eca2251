// All of them in one process, so that they share one browser.

import './conversation.test.js';
import './reading.test.js';
import './connection.test.js';
import './notify.test.js';
import './access.test.js';
import './safety.test.js';
import './offline.test.js';
import './size.test.js';
import './pictures.test.js';
import './firefox.test.js';
