package io.portguard.samples.spring;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the sample can do.
 *
 * @param workers how many units of work are done at once
 * @param serviceTime how long a unit of work takes
 */
@ConfigurationProperties("sample")
record SampleProperties(
        @DefaultValue("16") int workers,
        @DefaultValue("10ms") Duration serviceTime) {}
