using Fanout.Conformance.Sources;

namespace Fanout.Azure.Tests.Sources;

public sealed class JsonBlobTests() : BlobSourceContract(TextKind.Json);
