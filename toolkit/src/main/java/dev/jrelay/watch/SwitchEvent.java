// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A sub-buffer was delivered. */
@Name("dev.jrelay.SubBufferSwitch")
@Label("Sub-buffer Switch")
@Description("A sub-buffer of a relay channel is complete and ready for its consumer")
@Category("Relay")
@StackTrace(false)
final class SwitchEvent extends Event {
    @Label("Channel")
    String channel;

    @Label("Buffer")
    int buffer;

    @Label("Sequence")
    long sequence;

    @Label("Records")
    int records;

    @Label("Bytes")
    @Description("Header and records")
    @DataAmount
    long bytes;

    @Label("Padding")
    @DataAmount
    long padding;
}
