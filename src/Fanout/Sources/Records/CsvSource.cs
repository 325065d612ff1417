using System.Text;

namespace Fanout.Sources;

/// <summary>Records of a CSV file.</summary>
internal sealed class CsvSource(IContent content, CsvSourceSpec spec, ScanSettings settings) : RecordSource<CsvFormat>(content, settings)
{
    // The header is read again for every range that is opened; it is short.
    private const int HeaderBlockBytes = 8 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    protected override void CheckSpec()
    {
        if (!char.IsAscii(spec.Delimiter) || spec.Delimiter is '"' or '\r' or '\n' or '\0')
            throw new SourceException($"'{spec.Delimiter}' cannot be the delimiter of {Name}. Use an ASCII character other than a quote or a line end.");
    }

    protected override CsvFormat Begin(RecordText text, ref Place first)
    {
        if (spec.Header)
            ReadHeader(text, ref first);
        return new CsvFormat(Name, Settings.MaxItemBytes, (byte)spec.Delimiter, writer: null);
    }

    protected override async ValueTask<CsvFormat> ResumeAsync(RecordText text, CancellationToken cancellationToken)
    {
        if (!spec.Header)
            return Writing(null);
        await text.LoadAsync(cancellationToken);
        var first = TextHead.Begin(text);
        return Writing(ReadHeader(text, ref first));
    }

    private CsvFormat Writing(List<string>? header)
    {
        var writer = new CsvRecordWriter((byte)spec.Delimiter, header);
        return new CsvFormat(Name, Settings.MaxItemBytes, (byte)spec.Delimiter, writer);
    }

    private List<string> ReadHeader(RecordText text, ref Place first)
    {
        var format = new CsvFormat(Name, Settings.MaxItemBytes, (byte)spec.Delimiter, writer: null);
        var settings = Settings with { BlockBytes = Math.Min(Settings.BlockBytes, HeaderBlockBytes) };
        using var scanner = new RecordScanner<CsvFormat>(text, first, format, settings);
        Record header;
        while (!scanner.TryNext(out header))
        {
            if (!scanner.Load(CancellationToken.None))
                throw new SourceException($"{Name} is empty, but should begin with a header. Add one, or set header to false.");
        }

        first = scanner.Next;
        return header.Oversized
            ? throw new SourceException($"The header of {Name} has {header.Size} bytes; the limit is {Settings.MaxItemBytes}. Check its quotes, or raise maxItemBytes.")
            : ReadNames(header.Content.Span);
    }

    private List<string> ReadNames(ReadOnlySpan<byte> header)
    {
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var fields = new CsvFieldReader(header, (byte)spec.Delimiter);
        while (fields.Read())
        {
            var name = ReadName(ref fields);
            if (name.Length == 0)
                throw new SourceException($"Field {names.Count + 1} of the header of {Name} has no name. Name every field once, or set header to false.");
            if (!seen.Add(name))
                throw new SourceException($"The header of {Name} names '{name}' twice. Name every field once, or set header to false.");
            names.Add(name);
        }

        return fields.Problem is null ? names : throw new SourceException($"The header of {Name} is malformed: {fields.Problem}");
    }

    private string ReadName(ref CsvFieldReader field)
    {
        try
        {
            var name = StrictUtf8.GetString(field.Field);
            return field.HasDoubledQuotes ? name.Replace("\"\"", "\"", StringComparison.Ordinal) : name;
        }
        catch (DecoderFallbackException e)
        {
            throw new SourceException($"The header of {Name} is not valid UTF-8. Convert the file to UTF-8, then start the run again.", e);
        }
    }
}
