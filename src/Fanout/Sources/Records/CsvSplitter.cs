namespace Fanout.Sources;

/// <summary>
/// Finds where CSV records end (RFC 4180). A quote opens a quoted field only where a field begins; elsewhere in an unquoted field it is a
/// character like any other, so that one stray quote does not swallow the rest of the file.
/// </summary>
internal struct CsvSplitter(byte delimiter)
{
    private const byte Quote = (byte)'"';
    private const byte RecordEnd = (byte)'\n';

    private byte _previous = RecordEnd;
    private bool _quoted;
    private bool _quoteClosed;

    /// <inheritdoc cref="IRecordFormat.FindEnd"/>
    public int FindEnd(ReadOnlySpan<byte> fresh)
    {
        var at = 0;
        while (at < fresh.Length)
        {
            if (_quoted)
            {
                at = CloseQuote(fresh, at);
                continue;
            }

            if (_quoteClosed)
            {
                _quoteClosed = false;
                if (fresh[at] == Quote) // doubled: still inside
                {
                    _quoted = true;
                    at++;
                    continue;
                }
            }

            var found = fresh[at..].IndexOfAny(Quote, RecordEnd);
            if (found < 0)
                break;
            if (at + found > 0)
                _previous = fresh[at + found - 1];
            at += found + 1;
            if (fresh[at - 1] == RecordEnd)
            {
                _previous = RecordEnd;
                return at;
            }

            _quoted = _previous == delimiter || _previous == RecordEnd;
        }

        if (fresh.Length > 0)
            _previous = fresh[^1];
        return -1;
    }

    private int CloseQuote(ReadOnlySpan<byte> fresh, int at)
    {
        var found = fresh[at..].IndexOf(Quote);
        if (found < 0)
            return fresh.Length;
        _quoted = false;
        _quoteClosed = true;
        return at + found + 1;
    }
}
