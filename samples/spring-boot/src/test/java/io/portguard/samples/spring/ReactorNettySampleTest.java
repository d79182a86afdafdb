package io.portguard.samples.spring;

import org.springframework.test.context.TestPropertySource;

/** On Reactor Netty; the test framework decides that it is reactive before it reads the profile. */
@TestPropertySource(properties = {"sample.server=reactor-netty", "spring.main.web-application-type=reactive"})
class ReactorNettySampleTest extends SampleTest {}
