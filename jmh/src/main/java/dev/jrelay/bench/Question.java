// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a benchmark class answers; the head of its table in the report. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Question {
    /** The question, one line. */
    String value();

    /** Rows of {@code limits.c} to compare with, as {@code subject prefix=row}, the first match counts. */
    String[] limits() default {};}
