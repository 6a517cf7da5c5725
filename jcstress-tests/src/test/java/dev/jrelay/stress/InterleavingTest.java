// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The interleavings of the real kernel, as Lincheck's model checker chooses them; and faults that it must find. */
class InterleavingTest {
    private static final int INVOCATIONS = 2000;
    /** To open a channel takes longer; more with {@code -Dinvocations=2000}, two minutes. */
    private static final int CHANNEL_INVOCATIONS = Integer.getInteger("invocations", 200);
    private static final String CHANNEL = "CHANNEL";

    @TempDir
    private Path folder;

    /** A planted fault, and the scenario beside which it is the known-bad control. */
    enum Fault {
        COMMIT_BEFORE_COPY("TWO_WRITERS_AND_CONSUMER", Edit.without("RecordWriter", Edit.WRITE_BYTES, "commit"),
                Edit.before("RecordWriter", Edit.WRITE_BYTES, "copy", code -> code.aload(0).lload(4).iload(3)
                        .invokevirtual(Edit.type("RecordWriter"), "commit", Edit.signature("(JI)V")))),
        NO_PADDING("FLUSH_AND_WRITER", Edit.without("SubBufferSwitch", "commitPadding", "paddingOpaque")),
        BLIND_CAS("EXACT_FILL", Edit.code("SubBufferSwitch", "append", "casTail", code -> code
                .invokevirtual(Edit.type("ControlWords"), "casTail", Edit.signature("(JJ)Z")).pop().iconst_1())),
        NO_FULL_CHECK("REUSE", Edit.code("SubBufferSwitch", "obstacle", "isFull", code -> code.pop2().pop()
                .iconst_0())),
        PUSH_AFTER_OPEN("OVERWRITE", Edit.without("SubBufferSwitch", "open", "push"),
                Edit.before("SubBufferSwitch", "open", "start", code -> code.aload(0)
                        .getfield(Edit.type("SubBufferSwitch"), "window", Edit.type("Window")).lload(4)
                        .invokevirtual(Edit.type("Window"), "push", Edit.signature("(J)V")))),
        PASSED_UNCOUNTED("PASS", Edit.without("Window", "finishPass", "getAndAddTally")),
        PASSED_UNHELPED("PASS", Edit.code("Window", "finishPass", "casConsumed", code -> code.pop2().pop2().pop()
                .iconst_1())),
        CHANNEL_COMMIT_BEFORE_COPY(CHANNEL, Edit.without("RecordWriter", Edit.WRITE_BYTES, "commit"),
                Edit.before("RecordWriter", Edit.WRITE_BYTES, "copy", code -> code.aload(0).lload(4).iload(3)
                        .invokevirtual(Edit.type("RecordWriter"), "commit", Edit.signature("(JI)V")))),
        CHANNEL_BLIND_CAS(CHANNEL, Edit.code("SubBufferSwitch", "append", "casTail", code -> code
                .invokevirtual(Edit.type("ControlWords"), "casTail", Edit.signature("(JJ)Z")).pop().iconst_1())),
        SETTLED_BY_CLOSER_ONLY("SETTLE", Edit.without("SubBufferSwitch", "publish", "settle"));

        private final String scenario;
        private final List<Edit> edits;

        Fault(String scenario, Edit... edits) {
            this.scenario = scenario;
            this.edits = List.of(edits);
        }
    }

    @Test
    void theShippedKernelPassesAndALostUpdateIsFound() throws IOException, InterruptedException {
        final String output = new InterleavingRun(folder, List.of()).run(INVOCATIONS, List.of("LOST_UPDATE",
                "TWO_WRITERS_AND_CONSUMER", "FLUSH_AND_WRITER", "EXACT_FILL", "REUSE", "OVERWRITE", "PASS", "SETTLE"));
        assertThat(output.lines()).contains("LOST_UPDATE found", "TWO_WRITERS_AND_CONSUMER passed",
                "FLUSH_AND_WRITER passed", "EXACT_FILL passed", "REUSE passed", "OVERWRITE passed", "PASS passed",
                "SETTLE passed");
    }

    /** Opened as anybody opens it, in arrays. As many tries are enough for its planted faults. */
    @Test
    void theShippedChannelPasses() throws IOException, InterruptedException {
        final String output = new InterleavingRun(folder, List.of()).run(CHANNEL_INVOCATIONS,
                List.of(CHANNEL));
        assertThat(output.lines()).as(output).contains("CHANNEL passed");
    }

    @ParameterizedTest
    @EnumSource
    void aPlantedFaultIsFound(Fault fault) throws IOException, InterruptedException {
        final String output = new InterleavingRun(folder, fault.edits)
                .run(fault.scenario.equals(CHANNEL) ? CHANNEL_INVOCATIONS : INVOCATIONS, List.of(fault.scenario));
        assertThat(output.lines()).contains(fault.scenario + " found");
        assertThat(output).contains("java.lang.AssertionError: ").doesNotContain("Unsupported");
    }
}
