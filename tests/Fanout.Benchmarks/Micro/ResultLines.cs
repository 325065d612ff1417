using System.Buffers;
using BenchmarkDotNet.Attributes;
using Fanout.Results;

namespace Fanout.Benchmarks.Micro;

/// <summary>Writing an item's line of the results.</summary>
public class ResultLines
{
    private static readonly TimeSpan Took = TimeSpan.FromMilliseconds(5.123);
    private static readonly ItemError Error = new("HttpError", "POST https://example.org/orders: 404 Not Found");

    private readonly ArrayBufferWriter<byte> _line = new(1_024);

    [Benchmark]
    public int WriteASuccess()
    {
        _line.ResetWrittenCount();
        ResultLineWriter.Write(_line, new ItemHead(123_456, null), OutcomeStatus.Succeeded, "{\"total\":42}"u8, null, 1, Took);
        return _line.WrittenCount;
    }

    [Benchmark]
    public int WriteAFailure()
    {
        _line.ResetWrittenCount();
        ResultLineWriter.Write(_line, new ItemHead(123_456, null), OutcomeStatus.Failed, default, Error, 3, Took);
        return _line.WrittenCount;
    }
}
