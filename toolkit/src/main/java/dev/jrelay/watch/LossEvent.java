// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Records or sub-buffers were lost, and the loss is over. */
@Name("dev.jrelay.Loss")
@Label("Loss")
@Description("Records of a relay channel were lost; one event for each episode and cause")
@Category("Relay")
@StackTrace(false)
final class LossEvent extends Event {
    @Label("Channel")
    String channel;

    @Label("Buffer")
    int buffer;

    @Label("Cause")
    @Description("A dev.jrelay.Loss, or OVERWRITTEN or SKIPPED")
    String cause;

    @Label("Records")
    long records;

    @Label("Bytes")
    @DataAmount
    long bytes;

    @Label("Within")
    @Description("The episode lies within this time before the event")
    @Timespan(Timespan.NANOSECONDS)
    long within;
}
