const other = () => new Response('other');

export { other as DELETE, other as GET, other as POST };
