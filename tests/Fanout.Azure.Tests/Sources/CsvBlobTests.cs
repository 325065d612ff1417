using Fanout.Conformance.Sources;

namespace Fanout.Azure.Tests.Sources;

public sealed class CsvBlobTests() : BlobSourceContract(TextKind.Csv);
