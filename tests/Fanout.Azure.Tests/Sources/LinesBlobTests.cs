using Fanout.Conformance.Sources;

namespace Fanout.Azure.Tests.Sources;

public sealed class LinesBlobTests() : BlobSourceContract(TextKind.Lines);
