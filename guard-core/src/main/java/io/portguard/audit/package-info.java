/** What was refused and what was changed, as log events and as a trail of files that shows when it was tampered with. */
@NullMarked
package io.portguard.audit;

import org.jspecify.annotations.NullMarked;
