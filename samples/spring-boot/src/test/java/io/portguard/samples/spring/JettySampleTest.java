package io.portguard.samples.spring;

import org.springframework.test.context.TestPropertySource;

/** On Jetty. */
@TestPropertySource(properties = "sample.server=jetty")
class JettySampleTest extends SampleTest {}
