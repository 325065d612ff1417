using Fanout.Conformance.Sources;

namespace Fanout.Azure.Tests.Sources;

public sealed class JsonlBlobTests() : BlobSourceContract(TextKind.Jsonl);
