// SPDX-License-Identifier: Apache-2.0
/**
 * Sub-buffers into Kafka, exactly once, and back.
 *
 * <pre>
 *   channel --Drain--> {@link dev.jrelay.adapters.kafka.KafkaSink} ==transactions==> topic, a partition for each buffer
 *
 *   topic --read committed--> {@link dev.jrelay.adapters.kafka.KafkaReader} --in the order of time, verified--> you,
 *                                          or {@link dev.jrelay.adapters.kafka.Replay} --> the files of a collector
 * </pre>
 *
 * <p>One buffer of one channel of one host is one partition, one sub-buffer one record; {@code docs/kafka.md} has the
 * format, and what is guaranteed.
 */
package dev.jrelay.adapters.kafka;
